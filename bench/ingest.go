package bench

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime/pprof"
	"time"

	"golang.org/x/sync/errgroup"

	"wuku/demo"
	"wuku/ingest"
	"wuku/resolve"
)

// look is how often a run looks whether it has got where it wants to be.
const look = 5 * time.Millisecond

// watch takes the time and processor time of stages.
type watch struct {
	three three
	began time.Time
	cpu   CPU
	last  time.Time
	used  CPU
	list  []Stage
}

func startWatch(t three) *watch {
	t.forgetPeak()
	now, cpu := time.Now(), t.cpu()
	return &watch{three: t, began: now, cpu: cpu, last: now, used: cpu}
}

// lap ends a stage.
func (w *watch) lap(name string) {
	now, cpu := time.Now(), w.three.cpu()
	w.list = append(w.list, Stage{Name: name, Seconds: now.Sub(w.last).Seconds(), CPU: cpu.minus(w.used)})
	w.last, w.used = now, cpu
}

// total fills in what all stages took together.
func (w *watch) total(s *Side) {
	s.Seconds, s.CPU, s.PeakMemory = w.last.Sub(w.began).Seconds(), w.used.minus(w.cpu), w.three.peak()
	s.finish()
}

// settled fills in what it all took until the engine had nothing left to merge.
func (w *watch) settled(ctx context.Context, s *Side, d *database) error {
	if err := d.settle(ctx); err != nil {
		return err
	}
	s.SettledPerMillion = w.three.cpu().minus(w.cpu).Sum() / float64(s.Records) * 1e6
	disk, err := d.number(ctx, "disk", nil)
	s.Disk = int64(disk)
	return err
}

// measureOurs loads the topics with a consumer and resolves every library once, by scan.
func measureOurs(ctx context.Context, cfg Config, dir string, b *broker, run *IngestRun) (err error) {
	r, err := openRig(ctx, cfg, filepath.Join(dir, "ours"), b)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, r.close()) }()
	stop, err := profile(cfg)
	if err != nil {
		return err
	}
	s := &run.Ours
	s.Name, s.Does, s.Records = "ours", "validation, provenance, history, ledger, quarantine, findings; base records resolved", cfg.Records
	w := startWatch(r.processes())
	if err := r.load(ctx, w); err != nil {
		return errors.Join(err, stop())
	}
	if err := stop(); err != nil {
		return err
	}
	w.total(s)
	s.Stages = w.list
	dearest(r.statements)
	run.Statements = r.statements
	if err := w.settled(ctx, s, r.database); err != nil {
		return err
	}
	return r.audit(ctx, run)
}

// profile starts a processor profile of our own process.
func profile(cfg Config) (stop func() error, err error) {
	if cfg.Profile == "" {
		return func() error { return nil }, nil
	}
	f, err := os.Create(filepath.Join(cfg.Profile, fmt.Sprintf("ingest-%d.pprof", cfg.Records)))
	if err != nil {
		return nil, err
	}
	if err := pprof.StartCPUProfile(f); err != nil {
		return nil, errors.Join(err, f.Close())
	}
	return func() error { pprof.StopCPUProfile(); return f.Close() }, nil
}

// load ingests everything that is published and then resolves the libraries, each by its owner, side by side.
func (r *rig) load(ctx context.Context, w *watch) error {
	c, err := r.consumer()
	if err != nil {
		return err
	}
	consuming, stop := context.WithCancel(ctx)
	done := make(chan error, 1)
	go func() { done <- c.Run(consuming) }()
	err = await(ctx, c, int64(r.cfg.Records), r.cfg.Say)
	if err == nil {
		w.lap("ingest")
		err = r.resolve(ctx)
		w.lap("resolve")
	}
	stop()
	return errors.Join(err, <-done)
}

// await returns when the consumer has stored n messages.
func await(ctx context.Context, c *ingest.Consumer, n int64, say func(string, ...any)) error {
	told := time.Now()
	for c.Stats().Records.Load() < n {
		for _, l := range c.Lag() {
			if l.State == "stopped" {
				return fmt.Errorf("%s/%d stopped: %s", l.Topic, l.Partition, l.Reason)
			}
		}
		if time.Since(told) > 5*time.Second {
			say("ingested %d", c.Stats().Records.Load())
			told = time.Now()
		}
		if !pause(ctx, look) {
			return ctx.Err()
		}
	}
	return nil
}

// resolve runs the first cycle of each library, side by side; one after the other when statements are timed.
func (r *rig) resolve(ctx context.Context) error {
	group, inner := errgroup.WithContext(ctx)
	if r.cfg.Statements {
		group.SetLimit(1)
	}
	for _, library := range libraries(r.catalog) {
		group.Go(func() error {
			o, err := resolve.Take(inner, r.timed(r.owner(library)))
			if err != nil {
				return err
			}
			if _, worked, err := o.Cycle(inner); err != nil || !worked {
				return errors.Join(err, fmt.Errorf("library %s: the first cycle found work: %t", library, worked))
			}
			return nil
		})
	}
	return group.Wait()
}

// timed makes an owner's statements be timed, when the run wants that.
func (r *rig) timed(c resolve.Config) resolve.Config {
	if r.cfg.Statements {
		c.Store = &timed{Store: c.Store, library: c.Rule.Library, engine: r.processes().engine, mu: &r.timing, list: &r.statements}
	}
	return c
}

// audit counts the outcome, by statements that share nothing with those that made it, and refuses a run that does not add up.
func (r *rig) audit(ctx context.Context, run *IngestRun) error {
	var failed error
	ask := func(statement string, data any) float64 {
		if failed != nil {
			return 0
		}
		n, err := r.number(ctx, statement, data)
		failed = err
		return n
	}
	m, n := &run.Mix, float64(run.Records)
	accounted := ask("accounted", nil)
	m.Quarantined = ask("quarantined", nil) / n
	m.Faulty = ask("faulty", nil) / n
	m.Bad = ask("bad", nil) / n
	m.Updates = ask("updates", nil) / n
	m.Deletes = ask("deletes", nil) / n
	m.Elements = elements(r.catalog, demo.BenchFeeds())
	for _, library := range libraries(r.catalog) {
		data := map[string]any{"Library": library}
		run.Ours.Landed += int(ask("claims", data))
		base, expected := ask("base", data), ask("expected", data)
		if failed == nil && base != expected {
			return fmt.Errorf("library %s has %.0f base records where its claims make %.0f", library, base, expected)
		}
		run.Ours.Entities += int(base)
	}
	if failed == nil && int(accounted) != run.Records {
		return fmt.Errorf("the ledger accounts for %.0f of %d messages", accounted, run.Records)
	}
	return failed
}
