package bench

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http/httptest"
	"path/filepath"
	"slices"
	"time"

	"github.com/segmentio/kafka-go"
	"golang.org/x/sync/errgroup"

	"wuku/demo"
	"wuku/entity"
	"wuku/ingest"
	"wuku/quality"
	"wuku/resolve"
)

// truthWindow is how many messages a cycle of TruthFresh takes: few, so that there are many cycles.
const truthWindow = 4000

// TruthFresh makes an instance for a province and compares it with its truth. The first half of every topic is
// resolved by scan and inspected; the rest comes by cycles, on top of what is there, and the inspection opens and closes what has
// changed. Then come the departments' mends. So both ways to a base record, and the life of a finding and its work order, are held against
// the truth.
func TruthFresh(ctx context.Context, cfg Config, province demo.Config) (run *TruthRun, err error) {
	cfg.defaults()
	p, err := demo.New(province)
	if err != nil {
		return nil, err
	}
	dir, remove, err := cfg.place()
	if err != nil {
		return nil, err
	}
	defer remove()
	b, err := openBroker(ctx, cfg, dir)
	if err != nil {
		return nil, err
	}
	defer b.close()
	r, err := openRig(ctx, cfg, filepath.Join(dir, "truth"), b)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, r.close()) }()
	if err := r.province(ctx, p); err != nil {
		return nil, err
	}
	return Truth(ctx, TruthConfig{Store: r.store, Catalog: r.catalog, Columns: r.columns, Anchorer: entity.NewAnchorer(r.key), Province: province})
}

// The parts in which TruthFresh publishes a province: two halves of every topic, and what mends.
const (
	firstHalf = iota
	secondHalf
	mends
	parts
)

// province publishes a province in parts and brings each into the base libraries.
func (r *rig) province(ctx context.Context, p *demo.Province) error {
	if err := r.truthTopics(ctx); err != nil {
		return err
	}
	registry := httptest.NewServer(ingest.Schemas(p.Schemas())) // as a running demo has
	defer registry.Close()
	var err error
	if r.schemas, err = ingest.NewRegistry(registry.URL); err != nil {
		return err
	}
	c, err := r.consumer()
	if err != nil {
		return err
	}
	consuming, stop := context.WithCancel(ctx)
	done := make(chan error, 1)
	go func() { done <- c.Run(consuming) }()
	sent, changed := 0, int64(0)
	for part := range parts {
		var n int
		if n, err = r.part(ctx, p, part); err != nil {
			break
		}
		sent += n
		r.cfg.Say("published %d messages", sent)
		if err = await(ctx, c, int64(sent)+changed, r.cfg.Say); err != nil {
			break
		}
		if changed, err = r.compare(ctx, c); err != nil {
			break
		}
		if err = await(ctx, c, int64(sent)+changed, r.cfg.Say); err != nil {
			break
		}
		if err = r.cyclesAndInspection(ctx, part); err != nil {
			break
		}
	}
	stop()
	if ended := <-done; !errors.Is(ended, context.Canceled) {
		err = errors.Join(err, ended)
	}
	return err
}

// compare compares the snapshots that have ended and returns how many changes stand on the topics of changes.
func (r *rig) compare(ctx context.Context, c *ingest.Consumer) (changes int64, err error) {
	comparer := &ingest.Comparer{Store: r.store, Publisher: r.publisher, Clock: time.Now, Log: slog.New(slog.DiscardHandler)}
	for _, l := range c.Lag() {
		feed := r.catalog.FeedByTopic(l.Topic)
		if feed == nil || feed.Snapshot == nil {
			continue
		}
		for worked := true; worked; {
			if worked, err = comparer.Step(ctx, feed, l.Next); err != nil {
				return 0, err
			}
		}
		end, err := ingest.End(ctx, r.broker.kafka(), feed.ChangesTopic(), 0)
		if err != nil {
			return 0, err
		}
		changes += end
	}
	return changes, nil
}

func (r *rig) truthTopics(ctx context.Context) error {
	keep := map[string]string{"retention.ms": "-1"} // the demo's clock is not the machine's
	list := []ingest.Topic{{Name: ingest.TopicRetry, Partitions: 1}, {Name: ingest.TopicOwner, Partitions: 1}}
	for _, l := range r.catalog.Libraries {
		list = append(list, ingest.Topic{Name: ingest.TopicChanges(l.Name), Partitions: 1})
	}
	for _, f := range r.catalog.Feeds {
		list = append(list, ingest.Topic{Name: f.Topic, Partitions: f.Partitions, Config: keep})
		if f.Snapshot != nil {
			list = append(list, ingest.Topic{Name: f.ChangesTopic(), Partitions: 1, Config: keep})
		}
	}
	return r.publisher.EnsureTopics(ctx, list)
}

// part publishes a part of every topic and says how many messages that were.
func (r *rig) part(ctx context.Context, p *demo.Province, part int) (int, error) {
	sent := 0
	for _, feed := range p.Feeds() {
		var all []kafka.Message
		messages := p.Messages
		if part == mends {
			messages = p.Mends
		}
		messages(topicOf(feed), func(m demo.Message) bool {
			out := kafka.Message{Topic: m.Topic, Value: slices.Clone(m.Value), Time: time.UnixMilli(m.TimeMS)}
			if !m.Keyless {
				out.Key = slices.Clone(m.Key)
			}
			for _, h := range m.Headers {
				out.Headers = append(out.Headers, kafka.Header{Key: h[0], Value: []byte(h[1])})
			}
			all = append(all, out)
			return true
		})
		switch middle := len(all) / 2; part {
		case firstHalf:
			all = all[:middle]
		case secondHalf:
			all = all[middle:]
		}
		for part := range slices.Chunk(all, publishBatch) {
			if err := r.publisher.Publish(ctx, part...); err != nil {
				return sent, err
			}
			sent += len(part)
		}
	}
	return sent, nil
}

// cyclesAndInspection takes every library over, runs cycles until nothing is left and inspects it. Work orders follow from the second half
// on, when all departments have spoken; of the mends only what has changed is looked at.
func (r *rig) cyclesAndInspection(ctx context.Context, part int) error {
	group, inner := errgroup.WithContext(ctx)
	for _, library := range entity.Libraries {
		group.Go(func() error {
			c := r.owner(library)
			c.MaxWindow = truthWindow
			o, err := resolve.Take(inner, c)
			if err != nil {
				return err
			}
			for worked := true; worked; {
				if _, worked, err = o.Cycle(inner); err != nil {
					return err
				}
			}
			return nil
		})
	}
	if err := group.Wait(); err != nil {
		return err
	}
	i := &quality.Inspector{Store: r.store, Catalog: r.catalog}
	if part != firstHalf {
		i.Desk = &quality.Desk{Store: r.store, Catalog: r.catalog}
	}
	if part == mends {
		_, err := i.Changed(ctx)
		return err
	}
	for _, library := range entity.Libraries {
		if _, err := i.Whole(ctx, library); err != nil {
			return fmt.Errorf("after the cycles: %w", err)
		}
	}
	return nil
}
