package main

import (
	"context"
	"encoding/json/v2"
	"errors"
	"fmt"
	"io/fs"
	"iter"
	"net"
	"net/http"
	"os"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/segmentio/kafka-go"
	"github.com/spf13/cobra"
	"golang.org/x/sync/errgroup"

	"wuku/demo"
	"wuku/ingest"
)

// demoLoad publishes the synthetic province once, and knows when all of the instance is ready.
type demoLoad struct {
	s      *services
	people int
	loose  int
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
	Loose  int      `json:"loose,omitempty"`
	Mended int      `json:"mended,omitempty"`
	Topics []string `json:"topics"`
}

const demoSeed = 1

func (d *demoState) province() demo.Config {
	return demo.Config{People: d.People, Seed: d.Seed, Loose: d.Loose, Mended: d.Mended}
}

// flags let a command name another demo than the one in DATA/demo.json.
func (d *demoState) flags(cmd *cobra.Command) {
	cmd.Flags().IntVar(&d.People, "people", 0, "how many people the demo has; default: as DATA/demo.json says")
	cmd.Flags().Uint64Var(&d.Seed, "seed", 0, "the demo's seed; default: as DATA/demo.json says")
	cmd.Flags().IntVar(&d.Loose, "loose", 0, "percent of its records without an identifier; default: as DATA/demo.json says")
	cmd.Flags().IntVar(&d.Mended, "mended", 0, "percent of its standing defects that were mended; default: as DATA/demo.json says")
}

func newDemo(s *services, people, loose int) *demoLoad {
	return &demoLoad{s: s, people: people, loose: loose}
}

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
	province, err := demo.New(d.state.province())
	if err != nil {
		return err
	}
	group, inner := errgroup.WithContext(ctx)
	group.SetLimit(2)
	publishers, done := d.publishers()
	defer done()
	for i, feed := range province.Feeds() {
		topic := "src." + feed
		if slices.Contains(d.state.Topics, topic) {
			continue
		}
		group.Go(func() error { return d.topic(inner, publishers[i%len(publishers)], province, topic) })
	}
	if err := group.Wait(); err != nil {
		return ended(ctx, "demo", err)
	}
	d.done.Store(true)
	return nil
}

// publishers send batches as departments do: plain, and compressed in every way that there is.
func (d *demoLoad) publishers() (list []*ingest.Publisher, done func()) {
	list = append(list, d.s.publisher)
	for _, how := range []kafka.Compression{kafka.Gzip, kafka.Snappy, kafka.Lz4, kafka.Zstd} {
		list = append(list, ingest.NewPublisher(d.s.in.kafka, how))
	}
	return list, func() {
		for _, p := range list[1:] {
			_ = p.Close() // everything was acknowledged
		}
	}
}

func (d *demoLoad) topic(ctx context.Context, publisher *ingest.Publisher, province *demo.Province, topic string) error {
	all := func(yield func(demo.Message) bool) { province.Messages(topic, yield) }
	if err := send(ctx, publisher, all, &d.sent); err != nil {
		return err
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	d.state.Topics = append(d.state.Topics, topic)
	return d.state.save(d.s.in)
}

// send publishes messages in batches and counts them.
func send(ctx context.Context, publisher *ingest.Publisher, messages iter.Seq[demo.Message], sent *atomic.Int64) error {
	batch := make([]kafka.Message, 0, publishBatch)
	flush := func() error {
		if len(batch) == 0 {
			return nil
		}
		err := publisher.Publish(ctx, batch...)
		if err == nil {
			sent.Add(int64(len(batch)))
		}
		batch = batch[:0]
		return err
	}
	for m := range messages {
		if batch = append(batch, messageOf(m)); len(batch) < publishBatch {
			continue
		}
		if err := flush(); err != nil {
			return err
		}
	}
	return flush()
}

// messageOf is a message of the demo as it is sent. Nothing of m is kept.
func messageOf(m demo.Message) kafka.Message {
	out := kafka.Message{Topic: m.Topic, Key: slices.Clone(m.Key), Value: slices.Clone(m.Value), Time: time.UnixMilli(m.TimeMS)}
	if m.Keyless {
		out.Key = nil
	}
	for _, h := range m.Headers {
		out.Headers = append(out.Headers, kafka.Header{Key: h[0], Value: []byte(h[1])})
	}
	return out
}

// registry serves the schemas of the demo's messages on a port of its own while ctx lasts, unless the instance has a registry.
func (d *demoLoad) registry(ctx context.Context, group *errgroup.Group) error {
	if d.s.in.flags.registry != "" || d.people == 0 && !d.there() {
		return nil
	}
	province, err := demo.New(demo.Config{People: demo.MinPeople}) // the schemas are those of any
	if err != nil {
		return err
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return fmt.Errorf("the demo's schema registry: %w", err)
	}
	server := &http.Server{Handler: ingest.Schemas(province.Schemas()), ReadHeaderTimeout: readHeaders}
	d.s.in.demoRegistry = "http://" + l.Addr().String()
	group.Go(func() error { return ended(ctx, "the demo's schema registry", server.Serve(l)) })
	group.Go(func() error { <-ctx.Done(); return server.Close() })
	return nil
}

// readHeaders bounds how long a caller of the demo's registry may take.
const readHeaders = 5 * time.Second

// there reports whether this directory has a demo already.
func (d *demoLoad) there() bool {
	_, err := os.Stat(d.s.in.path("demo.json"))
	return err == nil
}

func (d *demoLoad) load() error {
	err := d.state.read(d.s.in)
	if errors.Is(err, fs.ErrNotExist) {
		d.state = demoState{People: d.people, Seed: demoSeed, Loose: d.loose}
		return d.state.save(d.s.in)
	}
	if err != nil {
		return err
	}
	if d.state.People != d.people || d.state.Loose != d.loose {
		say("this directory has the demo of %d people, %d %% of records without an identifier, already; --demo %d is for an empty directory", d.state.People, d.state.Loose, d.people)
	}
	return nil
}

func (d *demoState) read(in *instance) error {
	b, err := os.ReadFile(in.path("demo.json"))
	if err != nil {
		return err
	}
	if err := json.Unmarshal(b, d); err != nil {
		return fmt.Errorf("%s: %w", in.path("demo.json"), err)
	}
	return nil
}

func (d *demoState) save(in *instance) error {
	b, err := json.Marshal(d)
	if err != nil {
		return err
	}
	return os.WriteFile(in.path("demo.json"), b, 0o600)
}

// ready reports whether the demo is published and everything that is published is resolved; else what is still to do.
func (d *demoLoad) ready() (bool, string) {
	if !d.done.Load() {
		return false, fmt.Sprintf("publishing the demo: %d messages", d.sent.Load())
	}
	return d.s.settled()
}
