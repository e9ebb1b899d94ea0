package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/segmentio/kafka-go"
	"github.com/twmb/franz-go/pkg/kgo"

	"wuku/engine"
	"wuku/engine/enginetest"
	"wuku/entity"
	"wuku/ingest"
	"wuku/store"
)

// apart is a deployment of separate processes on engines that run elsewhere.
type apart struct {
	*world
	t    *testing.T
	args []string
}

func newApart(t *testing.T, brokers string) *apart {
	t.Helper()
	e := enginetest.NewClickHouse(t, engine.Config{})
	w := embedded(brokers, "")
	w.options = func() (store.Options, error) {
		return store.Options{Address: []string{e.Native()}, User: e.User(), Password: e.Password(), Connections: 1}, nil
	}
	w.makeTopics(t)
	return &apart{world: w, t: t, args: []string{"--kafka", brokers, "--clickhouse", fmt.Sprintf("clickhouse://%s:%s@%s", e.User(), e.Password(), e.Native()), "--key-file", keyFile(t)}}
}

// start starts one process of the deployment.
func (a *apart) start(env []string, args ...string) *process {
	a.t.Helper()
	args = append(args, a.args...)
	return start(a.t, env, append(args, "--data", filepath.Join(a.t.TempDir(), "data"))...)
}

// settle waits until everything is resolved while the given processes live.
func (a *apart) settle(what string, alive ...*process) {
	a.t.Helper()
	until(a.t, what, func() error {
		for _, p := range alive {
			if err := p.alive(); err != nil {
				a.t.Fatal(err)
			}
		}
		return a.settled(a.t.Context())
	})
}

// look compares the instance with an image and with its events.
func (a *apart) look(when string, f *follower, want image) {
	a.t.Helper()
	im, err := a.image(a.t.Context())
	if err != nil {
		a.t.Fatal(err)
	}
	problems, err := f.follow(a.t.Context(), a.world, im)
	if err != nil {
		a.t.Fatal(err)
	}
	if problems = append(problems, compare(im, want)...); len(problems) > 0 {
		rebuilt := proof(a.t, &outcome{roots: map[string]string{}}, append(a.args, "--data", filepath.Join(a.t.TempDir(), "data"))...)
		a.t.Fatalf("%s: %d problems:\n%s\nwuku verify: %v", when, len(problems), brief(problems), rebuilt)
	}
}

// stopped reports whether a process stands still by SIGSTOP.
func stopped(p *process) error {
	b, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", p.cmd.Process.Pid))
	if err != nil {
		return err
	}
	text := string(b)
	if fields := strings.Fields(text[strings.LastIndexByte(text, ')')+1:]); len(fields) > 0 && fields[0] == "T" {
		return nil
	}
	return errors.Join(errors.New("it does not stand still"), p.alive())
}

// staleOwners stops an owner between two steps of a cycle (SIGSTOP), lets another take its library over, and wakes the stale one
// while the new one is at work: it must find itself fenced, and nothing that it still wrote may show.
func staleOwners(t *testing.T, want *outcome) {
	for _, c := range []struct{ stale, owner string }{ // where they stand still
		{"cycle/gone#2", "cycle/gone"},
		{"cycle/members#2", "cycle/members"},
		{"cycle/changes", "cycle/changes"},
		{"cycle/publish", "cycle/tombstones"},
		{"cycle/events#2", "cycle/publish"},
		{"cycle/marker#2", "cycle/gone"},
		{"cycle/marker#2", "cycle/tombstones"},
	} {
		t.Run(strings.NewReplacer("/", "-", "#", "-").Replace(c.stale+" "+c.owner), func(t *testing.T) { staleOwner(t, c.stale, c.owner, want) })
	}
}

func staleOwner(t *testing.T, staleAt, ownerAt string, want *outcome) {
	broker, err := engine.StartBroker(engine.BrokerConfig{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { broker.Close() })
	a, told, f := newApart(t, broker.Address()), story(t), newFollower()
	a.publish(t, told[0])
	in := a.start(nil, "ingest")
	rest := a.start(nil, "resolve", "--library", "organisation,certificate,credit,place")
	stale := a.start([]string{"WUKU_CRASH=" + staleAt, "WUKU_CRASH_SIGNAL=STOP"}, "resolve", "--library", "person")
	a.settle("the first load", in, rest, stale)
	a.look("after the first load", f, want.images[0])

	a.publish(t, told[1])
	until(t, "the owner stands still at "+staleAt, func() error { return stopped(stale) })
	a.publish(t, told[2])
	owner := a.start([]string{"WUKU_CRASH=" + ownerAt, "WUKU_CRASH_SIGNAL=STOP"}, "resolve", "--library", "person")
	until(t, "the new owner stands still at "+ownerAt, func() error { return stopped(owner) })
	stale.signal(syscall.SIGCONT)
	until(t, "the stale owner is fenced", func() error {
		if !strings.Contains(stale.said(), "fenced") {
			return errors.Join(errors.New("it says: "+stale.said()), stale.alive())
		}
		return nil
	})
	stale.kill() // it would take its library back
	owner.signal(syscall.SIGCONT)
	a.settle("the new owner's cycles", in, rest, owner)
	a.look("after the stale owner woke", f, want.images[2])

	a.publish(t, append(told[3], told[4]...))
	a.settle("all", in, rest, owner)
	a.look("at the end", f, want.images[4])
	a.verify(want)
}

// verify asks the program for its proof and compares the roots.
func (a *apart) verify(want *outcome) {
	a.t.Helper()
	for _, problem := range proof(a.t, want, append(a.args, "--data", filepath.Join(a.t.TempDir(), "data"))...) {
		a.t.Error(problem)
	}
}

// apacheKafka runs the parts of the program apart, against Apache Kafka: the broker is shut down and killed while departments
// publish, consumers come, go and are killed, a transaction is aborted; the end is that of the undisturbed run.
func apacheKafka(t *testing.T, want *outcome) {
	k := enginetest.Kafka(t, "log.retention.ms=-1") // the story's messages are older than the week that a broker keeps by itself
	a, told, f := newApart(t, k.Address), story(t), newFollower()
	one, owner := a.start(nil, "ingest"), a.start(nil, "resolve")
	a.publish(t, told[0])
	a.settle("the first load", one, owner)
	a.look("after the first load", f, want.images[0])

	two := a.start(nil, "ingest") // the partitions are dealt anew while messages come
	until(t, "two consumers in the group", func() error { return a.members(t.Context(), 2) })
	a.disturbed(told[1], func() { k.Shut(); k.Restart() })
	a.settle("with two consumers, over a restart of the broker", one, two, owner)
	a.look("after a restart of the broker", f, want.images[1])

	a.disturbed(told[2], one.kill) // its partitions go to the other when its session ends
	a.settle("over the death of a consumer", two, owner)
	a.look("after the death of a consumer", f, want.images[2])

	three := a.start(nil, "ingest")
	until(t, "a new consumer in the group", func() error { return a.members(t.Context(), 2) })
	a.disturbed(told[3], func() { k.Kill(); two.kill(); k.Restart() })
	a.settle("over the death of broker and consumer", three, owner)
	a.look("after the death of broker and consumer", f, want.images[3])

	a.abort(told[4][0].Topic)
	a.disturbed(told[4], func() { k.Kill(); owner.kill(); k.Restart() })
	a.abort(told[4][0].Topic)
	owner = a.start(nil, "resolve")
	a.settle("over the death of broker and owner", three, owner)
	a.look("at the end", f, want.images[4])
	owner.stop(t)
	three.stop(t)
	a.verify(want)
}

// disturbed publishes messages while something happens.
func (a *apart) disturbed(messages []kafka.Message, what func()) {
	a.t.Helper()
	half := len(messages) / 2
	a.publish(a.t, messages[:half])
	done := make(chan struct{})
	go func() {
		defer close(done)
		a.world.publish(a.t, messages[half:])
	}()
	what()
	select {
	case <-done:
	case <-time.After(patience):
		a.t.Fatal("the messages cannot be published")
	}
}

// abort writes messages to a topic in a transaction that is aborted: nobody may ever see them.
func (a *apart) abort(topic string) {
	a.t.Helper()
	ctx, cancel := context.WithTimeout(a.t.Context(), patience)
	defer cancel()
	cl, err := kgo.NewClient(kgo.SeedBrokers(a.kafka.Brokers...), kgo.TransactionalID("aborted"), kgo.DefaultProduceTopic(topic), kgo.RecordRetries(100))
	if err != nil {
		a.t.Fatal(err)
	}
	defer cl.Close()
	if err := cl.BeginTransaction(); err != nil {
		a.t.Fatal(err)
	}
	for i := range 20 {
		if err := cl.ProduceSync(ctx, &kgo.Record{Key: fmt.Appendf(nil, "aborted-%d", i), Value: []byte("{never to be seen")}).FirstErr(); err != nil {
			a.t.Fatal(err)
		}
	}
	if err := cl.EndTransaction(ctx, kgo.TryAbort); err != nil {
		a.t.Fatal(err)
	}
}

// retry lets a program with a defect read the beginning of the history: what crashes its mapping goes to quarantine. The mended
// program reads the rest, and then `wuku quarantine retry` brings the old messages back, behind newer versions of their records:
// each stands at its original place, and the end is that of the undisturbed run.
func retry(t *testing.T, want *outcome) {
	h := newHistory(t, 0)
	h.calm, h.kind = true, faultPanic
	told := story(t)
	none := []string(nil)
	h.world.publish(t, told[0])
	h.next(&none)
	h.settle(&none)
	crashed, err := h.world.quarantine(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	crashed = slices.DeleteFunc(crashed, func(line string) bool { return !strings.Contains(line, ingest.ReasonCrasher) })
	if len(crashed) < 5 {
		t.Fatalf("%d messages crashed the mapping: too few to prove anything", len(crashed))
	}
	h.stop()

	h.kind = "wuku"
	for _, messages := range told[1:] {
		h.world.publish(t, messages)
	}
	h.next(&none)
	h.settle(&none)
	if problems := h.compareNow(want.images[parts-1]); len(problems) == 0 {
		t.Fatal("what crashed is not missed: the story proves nothing")
	}
	for range 2 { // a second retry changes nothing
		if _, err := run(t, "quarantine", "retry", "--reason", ingest.ReasonCrasher, "--data", h.dir); err != nil {
			t.Fatal(err)
		}
		h.settle(&none)
	}
	if problems := h.compareNow(want.images[parts-1]); len(problems) > 0 {
		t.Errorf("after the retry: %d problems:\n%s", len(problems), brief(problems))
	}
	o, err := h.world.options()
	if err != nil {
		t.Fatal(err)
	}
	for _, library := range entity.Libraries {
		err := rowsOf(t.Context(), o, "SELECT feed, key FROM claims."+library+" WHERE topic = '"+ingest.TopicRetry+"'", func(row map[string]string) {
			t.Errorf("%s: a claim of %s stands at its place in the retry topic", library, row["feed"])
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	h.stop()
	for _, problem := range proof(t, want, "--data", h.dir, "--kafka", h.world.kafka.Brokers[0], "--key-file", h.args[len(h.args)-1]) {
		t.Error(problem)
	}
}

// compareNow compares the instance as it is with an image.
func (h *history) compareNow(want image) (problems []string) {
	h.t.Helper()
	im, err := h.world.image(h.t.Context())
	if err != nil {
		h.t.Fatal(err)
	}
	im.incidents = nil // that messages crashed the mapping is one, and stays on record
	return compare(im, want)
}
