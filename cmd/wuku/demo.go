package main

import (
	"context"
	"encoding/json/v2"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/segmentio/kafka-go"
	"golang.org/x/sync/errgroup"

	"wuku/demo"
)

// demoLoad publishes the synthetic province once, and knows when all of the instance is ready.
type demoLoad struct {
	s      *services
	people int
	sent   atomic.Int64
	done   atomic.Bool
	mu     sync.Mutex
	state  demoState
}

// demoState is DATA/demo.json: which province, and the topics that are published whole. A topic that was cut off is published
// again; its messages are second copies, which change nothing.
type demoState struct {
	People int      `json:"people"`
	Seed   uint64   `json:"seed"`
	Topics []string `json:"topics"`
}

const demoSeed = 1

func newDemo(s *services, people int) *demoLoad { return &demoLoad{s: s, people: people} }

// publishBatch is how many messages go to the broker at once.
const publishBatch = 4000

func (d *demoLoad) publish(ctx context.Context) error {
	if d.people == 0 {
		d.done.Store(true)
		return nil
	}
	err := d.load()
	if err != nil {
		return err
	}
	province, err := demo.New(demo.Config{People: d.state.People, Seed: d.state.Seed})
	if err != nil {
		return err
	}
	group, inner := errgroup.WithContext(ctx)
	group.SetLimit(2)
	for _, feed := range province.Feeds() {
		topic := "src." + feed
		if slices.Contains(d.state.Topics, topic) {
			continue
		}
		group.Go(func() error { return d.topic(inner, province, topic) })
	}
	if err := group.Wait(); err != nil {
		return ended(ctx, "demo", err)
	}
	d.done.Store(true)
	return nil
}

func (d *demoLoad) topic(ctx context.Context, province *demo.Province, topic string) error {
	batch := make([]kafka.Message, 0, publishBatch)
	var failed error
	flush := func() bool {
		if len(batch) == 0 {
			return true
		}
		if failed = d.s.publisher.Publish(ctx, batch...); failed != nil {
			return false
		}
		d.sent.Add(int64(len(batch)))
		batch = batch[:0]
		return true
	}
	province.Messages(topic, func(m demo.Message) bool {
		batch = append(batch, kafka.Message{Topic: m.Topic, Key: slices.Clone(m.Key), Value: slices.Clone(m.Value), Time: time.UnixMilli(m.TimeMS)})
		return len(batch) < publishBatch || flush()
	})
	if failed != nil || !flush() {
		return failed
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	d.state.Topics = append(d.state.Topics, topic)
	return d.save()
}

// there reports whether this directory has a demo already.
func (d *demoLoad) there() bool {
	_, err := os.Stat(d.s.in.path("demo.json"))
	return err == nil
}

func (d *demoLoad) load() error {
	b, err := os.ReadFile(d.s.in.path("demo.json"))
	if errors.Is(err, fs.ErrNotExist) {
		d.state = demoState{People: d.people, Seed: demoSeed}
		return d.save()
	}
	if err != nil {
		return err
	}
	if err := json.Unmarshal(b, &d.state); err != nil {
		return fmt.Errorf("%s: %w", d.s.in.path("demo.json"), err)
	}
	if d.state.People != d.people {
		say("this directory has the demo of %d people already; --demo %d is for an empty directory", d.state.People, d.people)
	}
	return nil
}

func (d *demoLoad) save() error {
	b, err := json.Marshal(d.state)
	if err != nil {
		return err
	}
	return os.WriteFile(d.s.in.path("demo.json"), b, 0o600)
}

// ready reports whether the demo is published and everything that is published is resolved; else what is still to do.
func (d *demoLoad) ready() (bool, string) {
	if !d.done.Load() {
		return false, fmt.Sprintf("publishing the demo: %d messages", d.sent.Load())
	}
	return d.s.settled()
}
