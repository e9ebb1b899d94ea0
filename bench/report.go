package bench

import (
	"fmt"
	"io"
	"strings"
)

// CPU is processor time in seconds by process. The broker's is never part of a sum.
type CPU struct {
	Own    float64 `json:"own"`
	Engine float64 `json:"engine"`
	Broker float64 `json:"broker"`
}

func (c CPU) minus(d CPU) CPU {
	return CPU{Own: c.Own - d.Own, Engine: c.Engine - d.Engine, Broker: c.Broker - d.Broker}
}

// Sum is our own process's and the engine's.
func (c CPU) Sum() float64 { return c.Own + c.Engine }

// Memory is the most memory that each process held, in bytes.
type Memory struct {
	Own    int64 `json:"own"`
	Engine int64 `json:"engine"`
	Broker int64 `json:"broker"`
}

// Mix is what was published, and what the ledger says it was.
type Mix struct {
	People          int            `json:"people"`
	Messages        int            `json:"messages"`
	Feeds           map[string]int `json:"feeds"` // messages by feed
	Bytes           int            `json:"bytes"` // of the values
	BytesPerMessage float64        `json:"bytes_per_message"`
	Tombstones      int            `json:"tombstones"` // messages without a value
	Elements        int            `json:"elements"`   // different elements that the five feeds map
	// Shares of the messages: quarantined, with a finding, either; versions after a record's first; deletes.
	Quarantined float64 `json:"quarantined"`
	Faulty      float64 `json:"faulty"`
	Bad         float64 `json:"bad"`
	Updates     float64 `json:"updates"`
	Deletes     float64 `json:"deletes"`
}

// Stage is one part of a way.
type Stage struct {
	Name    string  `json:"name"`
	Seconds float64 `json:"seconds"`
	CPU     CPU     `json:"cpu"`
}

// Side is one way from topics to tables: ours or a peer's.
type Side struct {
	Name             string  `json:"name"`
	Does             string  `json:"does"`
	Records          int     `json:"records"`
	Landed           int     `json:"landed"`   // claims of ours, rows of a peer
	Entities         int     `json:"entities"` // base or golden records
	Seconds          float64 `json:"seconds"`
	RecordsPerSecond float64 `json:"records_per_second"`
	CPU              CPU     `json:"cpu"`
	CPUPerMillion    float64 `json:"cpu_per_million"` // own and engine, seconds
	PeakMemory       Memory  `json:"peak_memory"`
	// Settled is the processor time until the engine's merges had ended too, and Disk the bytes in its tables then.
	SettledPerMillion float64 `json:"settled_per_million"`
	Disk              int64   `json:"disk"`
	Stages            []Stage `json:"stages,omitempty"`
}

func (s *Side) finish() {
	s.RecordsPerSecond = float64(s.Records) / s.Seconds
	s.CPUPerMillion = s.CPU.Sum() / float64(s.Records) * 1e6
}

// Ratio compares ours with one peer: above 1 is better for us in both.
type Ratio struct {
	Peer  string  `json:"peer"`
	Speed float64 `json:"speed"` // our records a second to theirs
	// Joined is Speed with the peer's clock started at its first landed row only, and ours at the beginning as ever.
	Joined float64 `json:"joined"`
	CPU    float64 `json:"cpu"` // their processor time a record to ours
}

// IngestRun is one measurement of Ingest.
type IngestRun struct {
	Records int     `json:"records"`
	Seed    uint64  `json:"seed"`
	Mix     Mix     `json:"mix"`
	Ours    Side    `json:"ours"`
	Peers   []Side  `json:"peers,omitempty"`
	Ratios  []Ratio `json:"ratios,omitempty"`
	// Statements are the resolver's, dearest first, when Config asked for them.
	Statements []Statement `json:"statements,omitempty"`
}

func (r *IngestRun) compare() {
	for i := range r.Peers {
		p := &r.Peers[i]
		q := Ratio{Peer: p.Name, Speed: r.Ours.RecordsPerSecond / p.RecordsPerSecond, CPU: p.CPUPerMillion / r.Ours.CPUPerMillion}
		if q.Joined = q.Speed; p.Name != oldCatalogue {
			q.Joined = r.Ours.RecordsPerSecond * p.Stages[len(p.Stages)-1].Seconds / float64(p.Records)
		}
		r.Ratios = append(r.Ratios, q)
	}
}

// Print writes a run for people.
func (r *IngestRun) Print(w io.Writer) {
	m := &r.Mix
	fmt.Fprintf(w, "%d messages of %d people: %.0f bytes each, %d elements; %.1f %% bad (%.1f %% quarantined, %.1f %% with a finding), %.1f %% updates, %.1f %% deletes\n",
		m.Messages, m.People, m.BytesPerMessage, m.Elements, 100*m.Bad, 100*m.Quarantined, 100*m.Faulty, 100*m.Updates, 100*m.Deletes)
	fmt.Fprintf(w, "%-16s %10s %9s %9s %9s %9s %9s %9s %9s %9s %9s\n", "", "records/s", "seconds", "cpu s/1M", "own", "engine", "broker", "settled", "peak MB", "disk MB", "entities")
	for i, s := range append([]Side{r.Ours}, r.Peers...) {
		per := 1e6 / float64(s.Records)
		fmt.Fprintf(w, "%-16s %10.0f %9.1f %9.2f %9.2f %9.2f %9.2f %9.2f %9d %9d %9d\n", s.Name, s.RecordsPerSecond, s.Seconds, s.CPUPerMillion, s.CPU.Own*per,
			s.CPU.Engine*per, s.CPU.Broker*per, s.SettledPerMillion, (s.PeakMemory.Own+s.PeakMemory.Engine)>>20, s.Disk>>20, s.Entities)
		if over := s.Landed - (m.Messages - m.Tombstones); i > 0 && over > 0 {
			fmt.Fprintf(w, "  read %d messages twice, so its time is too good\n", over)
		}
		for _, g := range s.Stages {
			fmt.Fprintf(w, "  %-14s %10.0f %9.1f %9.2f %9.2f %9.2f %9.2f\n", g.Name, float64(s.Records)/g.Seconds, g.Seconds, g.CPU.Sum()*per, g.CPU.Own*per, g.CPU.Engine*per, g.CPU.Broker*per)
		}
	}
	printStatements(w, r.Statements)
	for _, q := range r.Ratios {
		fmt.Fprintf(w, "ours to %-14s %5.2fx records/s (%.2fx when the peer's clock starts at its first row), %5.2fx records per processor second\n", q.Peer, q.Speed, q.Joined, q.CPU)
	}
}

func printStatements(w io.Writer, list []Statement) {
	for _, t := range list {
		fmt.Fprintf(w, "  %-12s %-22s %4d runs %9.2f s %9.2f cpu s\n", t.Library, t.Name, t.Runs, t.Seconds, t.CPU)
	}
}

// Growth is how processor time a record grows from the first run to the last: 1 is not at all.
func Growth(runs []*IngestRun) float64 {
	if len(runs) < 2 {
		return 1
	}
	return runs[len(runs)-1].Ours.CPUPerMillion / runs[0].Ours.CPUPerMillion
}

// ResolveRun is one measurement of Resolve.
type ResolveRun struct {
	Records int    `json:"records"` // loaded before
	Rates   []Rate `json:"rates"`
}

// Rate is the steady state at one rate. Latencies are seconds from the moment before a change was sent until the cycle that
// put it into its base record had ended, over all changes.
type Rate struct {
	Rate    int     `json:"rate"` // wanted, changes a second
	Sent    int     `json:"sent"`
	Seconds float64 `json:"seconds"`
	P50     float64 `json:"p50"`
	P99     float64 `json:"p99"`
	Max     float64 `json:"max"`
	Refused int     `json:"refused"` // changes of records that the demo broke: they are in quarantine
	Missing int     `json:"missing"` // changes that no cycle took
	Cycles  int     `json:"cycles"`
	Cycle   float64 `json:"cycle"` // mean seconds of a cycle with work
	CPU     CPU     `json:"cpu"`
	Load    float64 `json:"load"` // processors in use by ours and the engine, mean
	// Statements are the resolver's, when Config asked for them. Libraries run side by side, so only their seconds tell.
	Statements []Statement `json:"statements,omitempty"`
}

// Print writes a run for people.
func (r *ResolveRun) Print(w io.Writer) {
	fmt.Fprintf(w, "after a load of %d records\n%s\n", r.Records, strings.TrimSpace(`
changes/s      sent       p50       p99       max   missing    cycles  s/cycle      cpus`))
	for _, q := range r.Rates {
		fmt.Fprintf(w, "%9d %9d %9.2f %9.2f %9.2f %9d %9d %8.2f %9.2f\n", q.Rate, q.Sent, q.P50, q.P99, q.Max, q.Missing, q.Cycles, q.Cycle, q.Load)
		printStatements(w, q.Statements)
	}
}
