package bench

import (
	"bytes"
	"context"
	_ "embed" // the peer's script
	"encoding/csv"
	"encoding/json/v2"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"runtime/debug"
	"slices"
	"strings"
	"syscall"
	"time"

	"wuku/entity"
	"wuku/match"
	"wuku/resolve"
)

//go:embed peer_splink.py
var splinkScript []byte

// MatchConfig says what to measure.
type MatchConfig struct {
	Records int
	Seed    uint64
	Python  string // interpreter with Splink; "" measures without the peer
	Extra   int    // records that come one at a time, after the batch
	Say     func(format string, args ...any)
}

// MatchSide is one way to cluster the file.
type MatchSide struct {
	Name    string  `json:"name"`
	Version string  `json:"version,omitempty"`
	Stages  []Stage `json:"stages"`
	// RecordsPerCPU are records a processor second over all stages, WithModel without training.
	RecordsPerCPU float64        `json:"records_per_cpu"`
	WithModel     float64        `json:"with_model"`
	Figures       match.Figures  `json:"figures"`
	F1            match.Interval `json:"f1_interval"`
	Largest       int            `json:"largest"`
	PeakMemory    int64          `json:"peak_memory"`
	PerRecord     float64        `json:"bytes_per_record"`
}

// Incremental is what one record costs that comes to a full index: taken in, compared, its cluster worked out. Microseconds. Batch
// are records a second that come a thousand at a time, each cluster that they touch worked out once.
type Incremental struct {
	Base    int     `json:"base"`
	Records int     `json:"records"`
	P50     float64 `json:"p50_us"`
	P99     float64 `json:"p99_us"`
	P999    float64 `json:"p999_us"`
	Rate    float64 `json:"records_per_second"`
	Batch   float64 `json:"batch_records_per_second"`
	// UndoP50 and UndoP99 are of taking one decision back where fifty entities hang together, and working out anew who is one.
	UndoP50 float64 `json:"undo_p50_us"`
	UndoP99 float64 `json:"undo_p99_us"`
}

// MatchRun is one measurement of Match.
type MatchRun struct {
	Records     int         `json:"records"`
	People      int         `json:"people"`
	Seed        uint64      `json:"seed"`
	Ours        MatchSide   `json:"ours"`
	Peer        *MatchSide  `json:"peer,omitempty"`
	Incremental Incremental `json:"incremental"`
}

// matchFields say what the columns of a MatchSet's file are.
var matchFields = []match.Field{{Column: "name", Kind: match.Name}, {Column: "sex", Kind: match.Code}, {Column: "dob", Kind: match.Date},
	{Column: "citizen_number", Kind: match.Identifier, Scheme: "citizen", Apart: true}, {Column: "phone", Kind: match.Phone},
	{Column: "address", Kind: match.Address}, {Column: "county", Kind: match.Code}}

// Match clusters a generated file of people, ours and the peer's on the same file in the same run, and measures what a single
// record costs that comes afterwards.
func Match(ctx context.Context, cfg MatchConfig) (run *MatchRun, err error) {
	dir, err := os.MkdirTemp("", "wuku-match-")
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	path := filepath.Join(dir, "people.csv")
	run = &MatchRun{Records: cfg.Records, Seed: cfg.Seed}
	var late [][]string
	if run.People, late, err = writeSet(cfg, path); err != nil {
		return nil, err
	}
	cfg.Say("%d records of %d people written", run.Records, run.People)
	x, edges, truth, err := matchOurs(path, run)
	if err != nil {
		return nil, fmt.Errorf("ours: %w", err)
	}
	run.Incremental = incremental(x, edges, late)
	if cfg.Python != "" {
		if run.Peer, err = matchPeer(ctx, cfg, dir, path, truth); err != nil {
			return nil, fmt.Errorf("splink: %w", err)
		}
	}
	return run, nil
}

// writeSet writes the file and returns the records that come later.
func writeSet(cfg MatchConfig, path string) (people int, late [][]string, err error) {
	var all bytes.Buffer
	if people, err = (MatchSet{Records: cfg.Records + cfg.Extra, Seed: cfg.Seed}).Write(&all); err != nil {
		return 0, nil, err
	}
	text := all.Bytes()
	end := 0
	for range cfg.Records + 1 {
		end += bytes.IndexByte(text[end:], '\n') + 1
	}
	if late, err = csv.NewReader(bytes.NewReader(text[end:])).ReadAll(); err != nil && !errors.Is(err, io.EOF) {
		return 0, nil, err
	}
	return people, late, os.WriteFile(path, text[:end], 0o600)
}

// clock takes the time and this process's processor time of stages.
type clock struct {
	stages []Stage
	at     time.Time
	cpu    float64
}

func startClock() *clock { return &clock{at: time.Now(), cpu: ownCPU()} }

func (c *clock) stage(name string) {
	now, cpu := time.Now(), ownCPU()
	c.stages = append(c.stages, Stage{Name: name, Seconds: now.Sub(c.at).Seconds(), CPU: CPU{Own: cpu - c.cpu}})
	c.at, c.cpu = now, cpu
}

// ownCPU is the processor time of this process, user and system, in seconds.
func ownCPU() float64 {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		return 0
	}
	return float64(u.Utime.Sec+u.Stime.Sec) + float64(u.Utime.Usec+u.Stime.Usec)/1e6
}

func matchOurs(path string, run *MatchRun) (*match.Index, []match.Edge, []string, error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, nil, nil, err
	}
	defer file.Close()
	defer debug.SetGCPercent(debug.SetGCPercent(33)) // as in `wuku match`
	debug.FreeOSMemory()
	self().forgetPeak()
	c := startClock()
	r := match.Reader{Mapping: &match.Mapping{ID: "id", Fields: slices.Clone(matchFields)}, Truth: "truth"}
	if err := r.Read(file); err != nil {
		return nil, nil, nil, err
	}
	c.stage("load")
	model, err := r.Batch.Learn()
	if err != nil {
		return nil, nil, nil, err
	}
	c.stage("train")
	x, err := r.Batch.Index(model)
	if err != nil {
		return nil, nil, nil, err
	}
	edges := x.Edges()
	c.stage("predict")
	clusters := x.Clusters(edges)
	c.stage("cluster")
	run.Ours = MatchSide{Name: "wuku", Stages: c.stages, PeakMemory: self().peak()}
	run.Ours.judge(clusters, r.Labels)
	return x, edges, r.Labels, nil
}

func (s *MatchSide) judge(clusters []uint32, truth []string) {
	s.Figures = match.Judge(clusters, truth)
	s.F1 = match.Confidence(clusters, truth)
	sizes := map[uint32]int{}
	for _, c := range clusters {
		sizes[c]++
		s.Largest = max(s.Largest, sizes[c])
	}
	all, train := 0.0, 0.0
	for _, g := range s.Stages {
		all += g.CPU.Own
		if g.Name == "train" {
			train = g.CPU.Own
		}
	}
	n := float64(len(clusters))
	s.RecordsPerCPU, s.WithModel, s.PerRecord = n/all, n/(all-train), float64(s.PeakMemory)/n
}

// incremental lets half of the late records come one at a time, the others in batches.
func incremental(x *match.Index, edges []match.Edge, late [][]string) Incremental {
	in := Incremental{Base: x.Len(), Records: len(late)}
	l := x.LiveWith(edges)
	single, batches := late[:len(late)/2], late[len(late)/2:]
	times := make([]time.Duration, 0, len(single))
	started := time.Now()
	for _, row := range single {
		at := time.Now()
		l.Cluster(l.Put(row[0], "", row[1:8], func(uint32) {}))
		times = append(times, time.Since(at))
	}
	in.Rate = float64(len(single)) / time.Since(started).Seconds()
	in.P50, in.P99, in.P999 = quantile(times, .5), quantile(times, .99), quantile(times, .999)
	started = time.Now()
	for batch := range slices.Chunk(batches, 1000) {
		touched := map[uint32]bool{}
		for _, row := range batch {
			l.Put(row[0], "", row[1:8], func(i uint32) { touched[i] = true })
		}
		done := map[uint32]bool{}
		for i := range touched {
			if !done[i] {
				for _, j := range l.Cluster(i) {
					done[j] = true
				}
			}
		}
	}
	in.Batch = float64(len(batches)) / time.Since(started).Seconds()
	in.undo()
	return in
}

// undo takes decisions back and gives them again, one at a time, among fifty entities with two hundred links.
func (in *Incremental) undo() {
	r := rand.New(rand.NewPCG(1, 2))
	id := func(i int) entity.ID { return entity.ID{byte(i), byte(i * 7)} }
	edges := make([]resolve.Edge, 200)
	for i := range edges {
		a := id(i % 50)
		b := id((i%50 + 1 + r.IntN(49)) % 50)
		edges[i] = resolve.Edge{A: a, B: b, RootA: a, RootB: b, Same: i%10 > 0, Steward: i%10 < 2, Weight: float64(r.IntN(20))}
	}
	times := make([]time.Duration, 0, 20_000)
	for n := range cap(times) {
		i := n % len(edges)
		without := slices.Concat(edges[:i], edges[i+1:])
		at := time.Now()
		resolve.Cluster(without)
		times = append(times, time.Since(at))
	}
	in.UndoP50, in.UndoP99 = quantile(times, .5), quantile(times, .99)
}

// quantile sorts times and returns one in microseconds; 0 of none.
func quantile(times []time.Duration, q float64) float64 {
	if len(times) == 0 {
		return 0
	}
	slices.Sort(times)
	return float64(times[min(int(q*float64(len(times))), len(times)-1)].Nanoseconds()) / 1000
}

func matchPeer(ctx context.Context, cfg MatchConfig, dir, path string, truth []string) (*MatchSide, error) {
	script, out := filepath.Join(dir, "peer.py"), filepath.Join(dir, "clusters.csv")
	if err := os.WriteFile(script, splinkScript, 0o600); err != nil {
		return nil, err
	}
	cfg.Say("Splink is at work on the same file")
	cmd := exec.CommandContext(ctx, cfg.Python, script, path, out)
	var stdout, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	if err := cmd.Run(); err != nil {
		return nil, fmt.Errorf("%w: %s", err, stderr.Bytes()[max(0, stderr.Len()-2000):])
	}
	lines := strings.Split(strings.TrimSpace(stdout.String()), "\n")
	var said struct {
		Version string `json:"version"`
		Stages  []struct {
			Name    string  `json:"name"`
			Seconds float64 `json:"seconds"`
			CPU     float64 `json:"cpu"`
		} `json:"stages"`
		Peak int64 `json:"peak_memory"`
	}
	if err := json.Unmarshal([]byte(lines[len(lines)-1]), &said); err != nil {
		return nil, err
	}
	side := &MatchSide{Name: "splink", Version: said.Version, PeakMemory: said.Peak}
	for _, g := range said.Stages {
		side.Stages = append(side.Stages, Stage{Name: g.Name, Seconds: g.Seconds, CPU: CPU{Own: g.CPU}})
	}
	clusters, err := peerClusters(path, out)
	if err != nil {
		return nil, err
	}
	side.judge(clusters, truth)
	return side, nil
}

// peerClusters numbers the peer's clusters in the order of the file's records; a record that the peer left out is alone.
func peerClusters(path, out string) ([]uint32, error) {
	of := map[string]string{}
	if err := eachRow(out, func(row []string) { of[row[0]] = row[1] }); err != nil {
		return nil, err
	}
	numbers := map[string]uint32{}
	var clusters []uint32
	err := eachRow(path, func(row []string) {
		name, ok := of[row[0]]
		if !ok {
			name = "alone " + row[0]
		}
		n, ok := numbers[name]
		if !ok {
			n = uint32(len(numbers))
			numbers[name] = n
		}
		clusters = append(clusters, n)
	})
	return clusters, err
}

// eachRow reads a CSV file behind its header.
func eachRow(path string, each func([]string)) error {
	file, err := os.Open(path)
	if err != nil {
		return err
	}
	defer file.Close()
	r := csv.NewReader(file)
	for n := 0; ; n++ {
		row, err := r.Read()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		if n > 0 {
			each(row)
		}
	}
}

// Print writes a run for people.
func (r *MatchRun) Print(w io.Writer) {
	fmt.Fprintf(w, "%d records of %d people\n", r.Records, r.People)
	fmt.Fprintf(w, "%-8s %9s %9s %9s %19s %8s %12s %12s %9s\n", "", "precision", "recall", "F1", "95 %", "largest", "rec/cpu s", "with model", "B/record")
	for _, s := range []*MatchSide{&r.Ours, r.Peer} {
		if s == nil {
			continue
		}
		fmt.Fprintf(w, "%-8s %9.5f %9.5f %9.5f %9.5f-%9.5f %8d %12.0f %12.0f %9.0f\n", s.Name, s.Figures.Precision, s.Figures.Recall, s.Figures.F1, s.F1.Low, s.F1.High, s.Largest, s.RecordsPerCPU, s.WithModel, s.PerRecord)
		for _, g := range s.Stages {
			fmt.Fprintf(w, "  %-10s %8.2f s %8.2f cpu s\n", g.Name, g.Seconds, g.CPU.Own)
		}
	}
	if r.Peer != nil {
		fmt.Fprintf(w, "ours to splink: F1 %+.4f, %.1fx records a processor second, %.1fx with the model given, %.2fx memory\n", r.Ours.Figures.F1-r.Peer.Figures.F1,
			r.Ours.RecordsPerCPU/r.Peer.RecordsPerCPU, r.Ours.WithModel/r.Peer.WithModel, float64(r.Ours.PeakMemory)/float64(r.Peer.PeakMemory))
	}
	in := &r.Incremental
	fmt.Fprintf(w, "one record against %d: p50 %.1f us, p99 %.1f us, p99.9 %.1f us; %.0f records/s; in batches of 1,000 %.0f records/s\n", in.Base, in.P50, in.P99, in.P999, in.Rate, in.Batch)
	fmt.Fprintf(w, "one decision taken back among 50 entities: p50 %.1f us, p99 %.1f us\n", in.UndoP50, in.UndoP99)
}
