package bench

import (
	"bytes"
	"context"
	"encoding/json/v2"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"slices"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"

	"wuku/serve"
	"wuku/trust"
)

// ServeRun is one measurement of Serve.
type ServeRun struct {
	Entities int         `json:"entities"`
	Seconds  int         `json:"seconds"` // of each measurement
	Callers  int         `json:"callers"`
	Sides    []ServeSide `json:"sides"`
}

// ServeSide is one source behind the HTTP layer. Times are seconds from before a call is sent until its answer is read.
type ServeSide struct {
	Name   string `json:"name"`
	Steady Calls  `json:"steady"` // lookups at a fixed rate, whatever the answers take
	Most   Calls  `json:"most"`   // lookups, each caller as fast as its answers come
	// Verify is in calls of many entities; Verified is how many entities a second.
	Verify   Calls   `json:"verify"`
	Verified float64 `json:"verified_per_second"`
	// Syncs is how many leaves of the audit log shared an fsync while callers were as fast as they could be.
	Syncs float64 `json:"leaves_per_sync"`
	CPU   CPU     `json:"cpu"` // of the fastest lookups: our process has the callers in it too
}

// Calls are many calls of one kind.
type Calls struct {
	Calls     int     `json:"calls"`
	Seconds   float64 `json:"seconds"`
	PerSecond float64 `json:"per_second"`
	P50       float64 `json:"p50"`
	P99       float64 `json:"p99"`
	Max       float64 `json:"max"`
}

// caller calls the API as a service would: over TCP, with connections that stay open.
type caller struct {
	base   string
	key    string
	want   int // status of a good answer
	client *http.Client
}

func newCaller(base, key string, connections int) *caller {
	return &caller{base: base, key: key, want: http.StatusOK, client: &http.Client{Timeout: time.Minute, Transport: &http.Transport{MaxIdleConnsPerHost: 4 * connections}}}
}

// post makes one call and wants a good answer.
func (c *caller) post(ctx context.Context, path string, body []byte) ([]byte, error) {
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, c.base+path, bytes.NewReader(body))
	if err != nil {
		return nil, err
	}
	r.Header.Set("Authorization", "Bearer "+c.key)
	r.Header.Set("Content-Type", "application/json")
	answer, err := c.client.Do(r)
	if err != nil {
		return nil, err
	}
	defer answer.Body.Close()
	text, err := io.ReadAll(answer.Body)
	if err == nil && answer.StatusCode != c.want {
		err = fmt.Errorf("%s answers %d: %.300s", path, answer.StatusCode, text)
	}
	return text, err
}

// lookup looks one person up.
func (c *caller) lookup(ctx context.Context, p served) error {
	body := `{"by":{"scheme":"citizen","value":"` + p.number + `"},"fields":["name","sex","birth_date","citizen_number"],"purpose":"` + servePurpose + `"}`
	_, err := c.post(ctx, "/api/v1/lookup/person", []byte(body))
	return err
}

// rounds makes the three measurements, each after a warm-up.
func (b *serveBench) rounds(ctx context.Context, c *caller, side *ServeSide, engine process, audit *trust.Log) (err error) {
	length := time.Duration(b.cfg.Seconds) * time.Second
	if _, err := b.closed(ctx, c, 2*time.Second); err != nil {
		return err
	}
	if side.Steady, err = b.steady(ctx, c, length); err != nil {
		return err
	}
	leaves, syncs := audit.Size(), audit.Batches()
	own, eng := self().cpu(), engine.cpu()
	if side.Most, err = b.closed(ctx, c, length); err != nil {
		return err
	}
	side.CPU = CPU{Own: self().cpu() - own, Engine: engine.cpu() - eng}
	side.Syncs = float64(audit.Size()-leaves) / float64(max(audit.Batches()-syncs, 1))
	side.Verify, err = b.verify(ctx, c, length)
	side.Verified = side.Verify.PerSecond * serveBatch
	return err
}

// timing collects what calls took.
type timing struct {
	mu   sync.Mutex
	took []time.Duration
}

func (t *timing) add(list ...time.Duration) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.took = append(t.took, list...)
}

func (t *timing) calls(elapsed time.Duration) Calls {
	slices.Sort(t.took)
	n := len(t.took)
	if n == 0 {
		return Calls{}
	}
	return Calls{Calls: n, Seconds: elapsed.Seconds(), PerSecond: float64(n) / elapsed.Seconds(), P50: t.took[n/2].Seconds(), P99: t.took[n*99/100].Seconds(), Max: t.took[n-1].Seconds()}
}

// closed has each caller call as fast as its answers come.
func (b *serveBench) closed(ctx context.Context, c *caller, length time.Duration) (Calls, error) {
	var t timing
	group, inner := errgroup.WithContext(ctx)
	start := time.Now()
	for i := range b.cfg.Callers {
		group.Go(func() error {
			random := rand.New(rand.NewPCG(uint64(i), 1))
			var mine []time.Duration
			defer func() { t.add(mine...) }()
			for time.Since(start) < length {
				from := time.Now()
				if err := c.lookup(inner, b.people[random.IntN(len(b.people))]); err != nil {
					return err
				}
				mine = append(mine, time.Since(from))
			}
			return nil
		})
	}
	err := group.Wait()
	return t.calls(time.Since(start)), err
}

// steady sends calls at a fixed rate, each at its time even when others are late: a slow moment costs every call in it.
func (b *serveBench) steady(ctx context.Context, c *caller, length time.Duration) (Calls, error) {
	var t timing
	group, inner := errgroup.WithContext(ctx)
	random := rand.New(rand.NewPCG(7, 7))
	start := time.Now()
	total := int(length.Seconds() * float64(b.cfg.Rate))
	for i := range total {
		due := start.Add(time.Duration(i) * time.Second / time.Duration(b.cfg.Rate))
		if !pause(inner, time.Until(due)) {
			break
		}
		p := b.people[random.IntN(len(b.people))]
		group.Go(func() error {
			err := c.lookup(inner, p)
			t.add(time.Since(due))
			return err
		})
	}
	err := group.Wait()
	return t.calls(time.Since(start)), err
}

// verify has two callers verify many people a call, one value in ten of them wrong.
func (b *serveBench) verify(ctx context.Context, c *caller, length time.Duration) (Calls, error) {
	var t timing
	group, inner := errgroup.WithContext(ctx)
	start := time.Now()
	for i := range 2 {
		group.Go(func() error {
			random := rand.New(rand.NewPCG(uint64(i), 3))
			for time.Since(start) < length {
				body, want, err := b.question(random)
				if err != nil {
					return err
				}
				from := time.Now()
				text, err := c.post(inner, "/api/v1/verify/person/batch", body)
				if err != nil {
					return err
				}
				t.add(time.Since(from))
				var got serve.BatchAnswer
				if err := json.Unmarshal(text, &got); err != nil || got.Found != want {
					return fmt.Errorf("a verification of %d people found %d: %v", want, got.Found, err)
				}
			}
			return nil
		})
	}
	err := group.Wait()
	return t.calls(time.Since(start)), err
}

// question is a verification of serveBatch people.
func (b *serveBench) question(random *rand.Rand) (body []byte, people int, err error) {
	q := serve.BatchVerifyBody{Purpose: servePurpose}
	for i := range min(serveBatch, len(b.people)) {
		p := b.people[random.IntN(len(b.people))]
		name := p.name
		if i%10 == 0 {
			name += "x"
		}
		q.Items = append(q.Items, serve.VerifyItem{By: serve.By{Scheme: "citizen", Value: p.number}, Values: map[string]any{"name": name, "birth_date": p.born.Format(time.DateOnly)}})
	}
	body, err = json.Marshal(q)
	return body, len(q.Items), err
}

// Print writes a run for people.
func (r *ServeRun) Print(w io.Writer) {
	fmt.Fprintf(w, "%d people; %d s each; lookups of four elements, masked and audited (fsync), over HTTP on loopback, callers in the same process\n", r.Entities, r.Seconds)
	fmt.Fprintf(w, "%-12s %-8s %10s %9s %9s %9s\n", "", "", "calls/s", "p50 ms", "p99 ms", "max ms")
	for _, s := range r.Sides {
		for _, row := range []struct {
			name  string
			calls Calls
		}{{"steady", s.Steady}, {"most", s.Most}, {"verify", s.Verify}} {
			fmt.Fprintf(w, "%-12s %-8s %10.1f %9.2f %9.2f %9.2f\n", s.Name, row.name, row.calls.PerSecond, 1e3*row.calls.P50, 1e3*row.calls.P99, 1e3*row.calls.Max)
		}
		fmt.Fprintf(w, "%-12s verified %.0f people/s in calls of %d; %.1f leaves a sync; processor seconds of %q: %.1f own, %.1f engine\n", s.Name, s.Verified, serveBatch, s.Syncs, "most", s.CPU.Own, s.CPU.Engine)
	}
	if len(r.Sides) == 2 {
		a, b := r.Sides[0], r.Sides[1]
		fmt.Fprintf(w, "%s to %s: %.2fx lookups/s, %.2fx people verified/s\n", a.Name, b.Name, a.Most.PerSecond/b.Most.PerSecond, a.Verified/b.Verified)
	}
}
