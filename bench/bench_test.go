package bench_test

import (
	"math"
	"testing"

	"wuku/bench"
	"wuku/engine"
	"wuku/engine/enginetest"
)

func TestMain(m *testing.M) {
	engine.RunIfChild()
	bench.RunIfChild()
	enginetest.Main(m)
}

// records is enough for every outcome to come up, and little enough for a test.
const records = 20_000

// TestIngest checks that a run produces all its figures and that ours and the peers have landed the same messages. Ingest itself
// refuses a run whose ledger or base records do not add up.
func TestIngest(t *testing.T) {
	t.Parallel()
	run, err := bench.Ingest(t.Context(), bench.Config{Records: records, Seed: 1, Dir: t.TempDir(), Statements: true,
		Peers: []string{"naive-golden", "tuned-single"}})
	if err != nil {
		t.Fatal(err)
	}
	m := run.Mix
	if m.Messages != records || m.Elements < 20 || m.BytesPerMessage < 400 || m.BytesPerMessage > 600 {
		t.Errorf("mix of %d messages, %d elements, %.0f bytes a message; want %d, at least 20, 400 to 600", m.Messages, m.Elements, m.BytesPerMessage, records)
	}
	shares := map[string][3]float64{"bad": {m.Bad, 0.01, 0.03}, "updates": {m.Updates, 0.08, 0.12}, "deletes": {m.Deletes, 0.005, 0.02}}
	for name, s := range shares {
		if s[0] < s[1] || s[0] > s[2] {
			t.Errorf("%s: %.4f of the messages, want %.3f to %.3f", name, s[0], s[1], s[2])
		}
	}
	if run.Ours.Entities == 0 || run.Ours.Landed == 0 || len(run.Statements) == 0 {
		t.Errorf("ours: %d entities of %d claims, %d statements", run.Ours.Entities, run.Ours.Landed, len(run.Statements))
	}
	for _, p := range run.Peers {
		if p.Landed != records-m.Tombstones {
			t.Errorf("peer %s landed %d rows, want %d", p.Name, p.Landed, records-m.Tombstones)
		}
		// The peer keeps deleted records, and one entity twice where its number was written in two ways.
		if off := math.Abs(float64(p.Entities)/float64(run.Ours.Entities) - 1); off > 0.05 {
			t.Errorf("peer %s has %d golden records, ours %d base records", p.Name, p.Entities, run.Ours.Entities)
		}
	}
	for _, s := range append([]bench.Side{run.Ours}, run.Peers...) {
		if s.RecordsPerSecond <= 0 || s.Seconds <= 0 || s.Disk <= 0 || len(s.Stages) != 2 {
			t.Errorf("%s lacks figures: %+v", s.Name, s)
		}
	}
	if len(run.Ratios) != 2 {
		t.Errorf("%d ratios, want 2", len(run.Ratios))
	}
}

func TestResolve(t *testing.T) {
	t.Parallel()
	run, err := bench.Resolve(t.Context(), bench.Config{Records: records, Seed: 1, Dir: t.TempDir(), Rates: []int{500}, Seconds: 3})
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range run.Rates {
		if r.Sent == 0 || r.Missing != 0 || r.Cycles == 0 || r.P50 <= 0 || r.P99 < r.P50 || r.Max < r.P99 {
			t.Errorf("%d changes a second: %+v", r.Rate, r)
		}
	}
}

func TestPeerNames(t *testing.T) {
	t.Parallel()
	for which, want := range map[string]int{"none": 0, "": 0, "naive": 2, "tuned": 3, "all": 5, "tuned-golden": 1} {
		if got, err := bench.PeerNames(which); err != nil || len(got) != want {
			t.Errorf("PeerNames(%q) = %v, %v; want %d names", which, got, err, want)
		}
	}
	if _, err := bench.PeerNames("clever"); err == nil {
		t.Error("an unknown peer is accepted")
	}
}
