package main

import (
	"context"
	"encoding/json/v2"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"os"
	"os/signal"
	"runtime/debug"
	"runtime/metrics"
	"sync/atomic"
	"syscall"
	"time"

	"github.com/spf13/cobra"
	"golang.org/x/sync/errgroup"

	"wuku/entity"
)

type upFlags struct {
	flags
	tlsFlags
	http  string
	demo  int
	loose int
}

func upCommand() *cobra.Command {
	var f upFlags
	cmd := &cobra.Command{
		Use:   "up",
		Short: "run everything in one process: engines, ingest, resolve, serve",
		Args:  cobra.NoArgs,
		RunE:  func(cmd *cobra.Command, _ []string) error { return up(cmd.Context(), f) },
	}
	f.add(cmd)
	cmd.Flags().StringVar(&f.http, "http", "127.0.0.1:8080", "address of the API and the console")
	f.addTLS(cmd)
	cmd.Flags().IntVar(&f.demo, "demo", 0, "on an empty directory: publish a synthetic city of so many people")
	cmd.Flags().IntVar(&f.loose, "demo-loose", 0, "of the demo: so many percent of the records of people and organisations bear no identifier, where their contract lets them")
	return cmd
}

func up(ctx context.Context, f upFlags) (err error) {
	// The Go part allocates little in steady state; a soft limit keeps what a first load needed from staying.
	debug.SetGCPercent(75)
	if err := f.speak(); err != nil {
		return err
	}
	started := time.Now()
	say("starting in %s", f.data)
	listener, err := net.Listen("tcp", f.http)
	if err != nil {
		return fmt.Errorf("--http %s: %w", f.http, err)
	}
	defer listener.Close()
	if listener, err = f.encrypt(listener); err != nil {
		return err
	}
	in, err := open(ctx, f.flags, runAll)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, in.close()) }()
	s := newServices(in)
	if err := s.topics(ctx); err != nil {
		return err
	}
	group, inner := errgroup.WithContext(ctx)
	demo := newDemo(s, f.demo, f.loose)
	if err := demo.registry(inner, group); err != nil {
		return err
	}
	if err := in.writeRunning(listener.Addr().String()); err != nil {
		return err
	}
	defer os.Remove(in.path("run.json"))
	s.busy = func() bool { return !demo.done.Load() }
	if err := s.ingest(inner, group); err != nil {
		return err
	}
	s.resolve(inner, group, entity.Libraries[:])
	group.Go(func() error { return demo.publish(inner) })
	s.outside = f.tlsFlags
	if err := s.serve(inner, group, listener, demo.ready, f.demo > 0 || demo.there()); err != nil {
		return err
	}
	group.Go(func() error { return s.watchReload(inner) })
	group.Go(func() error { return s.watchProgress(inner) })
	group.Go(func() error { return s.follow(inner) })
	group.Go(func() error { return giveBack(inner, s) })
	group.Go(func() error { return s.inspections(inner) })
	group.Go(func() error { return s.space().Run(inner, true, in.log) })
	group.Go(func() error { return report(inner, s, demo, started, listener.Addr().String()) })
	return group.Wait()
}

// What a load, an inspection or a great answer needed goes back to the system when nothing is being loaded: every
// giveBackEvery, if so much was allocated since that it pays. The collector alone would keep it for minutes.
const (
	giveBackEvery = 10 * time.Second
	giveBackBytes = 32 << 20
)

func giveBack(ctx context.Context, s *services) error {
	tick := time.NewTicker(giveBackEvery)
	defer tick.Stop()
	allocated := []metrics.Sample{{Name: "/gc/heap/allocs:bytes"}}
	var before uint64
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-tick.C:
		}
		if ok, _ := s.settled(); !ok {
			continue
		}
		if metrics.Read(allocated); allocated[0].Value.Uint64() < before+giveBackBytes {
			continue
		}
		debug.FreeOSMemory() // twice: pools keep what they hold over one collection
		debug.FreeOSMemory()
		metrics.Read(allocated)
		before = allocated[0].Value.Uint64()
	}
}

func (in *instance) writeRunning(http string) error {
	b, err := json.Marshal(running{PID: os.Getpid(), Kafka: in.kafka.Brokers[0], HTTP: http, Registry: in.demoRegistry})
	if err != nil {
		return err
	}
	return os.WriteFile(in.path("run.json"), b, 0o600)
}

// watchReload brings the catalogue into force again at SIGHUP. A faulty catalogue changes nothing.
func (s *services) watchReload(ctx context.Context) error {
	c := make(chan os.Signal, 1)
	signal.Notify(c, syscall.SIGHUP)
	defer signal.Stop(c)
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-c:
			if err := s.reload(ctx); err != nil {
				say("catalogue not reloaded, the one in force stays: %v", err)
				continue
			}
			say("catalogue reloaded: revision %d", s.in.current.Load().revision)
		}
	}
}

// report tells on the terminal how far the start is, and once when all is ready.
func report(ctx context.Context, s *services, d *demoLoad, started time.Time, address string) error {
	tick := time.NewTicker(250 * time.Millisecond)
	defer tick.Stop()
	last, at := "", time.Time{}
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-tick.C:
		}
		ready, why := d.ready()
		if ready {
			say("ready after %.1f s: API and console on http://%s, stop with Ctrl-C", time.Since(started).Seconds(), address)
			return nil
		}
		if why != last && time.Since(at) > 2*time.Second {
			say("%s", why)
			last, at = why, time.Now()
		}
	}
}

// speaker is set with --log json: what is said to people is a line of the log, too.
var speaker atomic.Pointer[slog.Logger]

func say(format string, args ...any) {
	if l := speaker.Load(); l != nil {
		l.Info(fmt.Sprintf(format, args...))
		return
	}
	fmt.Fprintf(os.Stderr, "wuku: "+format+"\n", args...)
}
