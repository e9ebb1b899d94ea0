package bench

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"

	"github.com/segmentio/kafka-go"
	"golang.org/x/sync/errgroup"

	"wuku/catalog"
	"wuku/demo"
	"wuku/ingest"
)

// pilotPeople is the size of the province from which the size of the real one is reckoned.
const pilotPeople = 5000

// publishBatch is how many messages go to the broker at once.
const publishBatch = 8000

// province returns the smallest province, give or take, whose bench feeds have at least n messages, and how many each has.
func province(n int, seed uint64) (*demo.Province, int, map[string]int, error) {
	people := pilotPeople
	for {
		p, err := demo.New(demo.Config{People: people, Seed: seed})
		if err != nil {
			return nil, 0, nil, err
		}
		counts, total := map[string]int{}, 0
		var mu sync.Mutex
		var group errgroup.Group
		for _, feed := range demo.BenchFeeds() {
			group.Go(func() error {
				k := 0
				p.Messages(topicOf(feed), func(demo.Message) bool { k++; return true })
				mu.Lock()
				defer mu.Unlock()
				counts[feed] = k
				total += k
				return nil
			})
		}
		if err := group.Wait(); err != nil {
			return nil, 0, nil, err
		}
		if total >= n && total < n+n/20+20 || people == demo.MinPeople && total >= n {
			return p, people, counts, nil
		}
		people = min(max(int(float64(people)*float64(n)/float64(total)*1.005)+2, demo.MinPeople), demo.MaxPeople)
		if people == demo.MaxPeople && total < n {
			return nil, 0, nil, fmt.Errorf("%d records: the demo's five feeds have %d at most", n, total)
		}
	}
}

func topicOf(feed string) string { return "src." + feed }

// skips says how many messages of each feed are left out at the beginning, so that exactly n are left: the first ones, which are
// ordinary first versions; updates, deletes and defects keep their shares.
func skips(n int, counts map[string]int) map[string]int {
	feeds := demo.BenchFeeds()
	total := 0
	for _, c := range counts {
		total += c
	}
	over := total - n
	skip := map[string]int{}
	left := over
	for _, f := range feeds[1:] {
		skip[f] = over * counts[f] / total
		left -= skip[f]
	}
	skip[feeds[0]] = left
	return skip
}

// publish makes the topics and sends exactly cfg.Records messages of the mix.
func publish(ctx context.Context, cfg Config, b *broker) (mix Mix, err error) {
	p, people, counts, err := province(cfg.Records, cfg.Seed)
	if err != nil {
		return mix, err
	}
	mix.People, mix.Feeds = people, map[string]int{}
	publisher := ingest.NewPublisher(b.kafka(), kafka.Compression(0))
	defer func() { err = errors.Join(err, publisher.Close()) }()
	c, err := catalog.Load(catalog.Province())
	if err != nil {
		return mix, err
	}
	if err := ensureTopics(ctx, publisher, b, c); err != nil {
		return mix, err
	}
	cfg.Say("publishing %d messages of %v (%d people)", cfg.Records, demo.BenchFeeds(), people)
	skip := skips(cfg.Records, counts)
	var mu sync.Mutex
	group, inner := errgroup.WithContext(ctx)
	group.SetLimit(2)
	for _, feed := range demo.BenchFeeds() {
		group.Go(func() error {
			s := feedSender{ctx: inner, publisher: publisher, skip: skip[feed]}
			if err := s.send(p, feed); err != nil {
				return err
			}
			mu.Lock()
			defer mu.Unlock()
			mix.Feeds[feed] = s.sent
			mix.Messages += s.sent
			mix.Bytes += s.bytes
			mix.Tombstones += s.tombstones
			return nil
		})
	}
	if err := group.Wait(); err != nil {
		return mix, err
	}
	mix.BytesPerMessage = float64(mix.Bytes) / float64(max(mix.Messages, 1))
	return mix, nil
}

// ensureTopics makes the topics of the five feeds and the program's own. The demo's clock is not the machine's: nothing may expire.
func ensureTopics(ctx context.Context, publisher *ingest.Publisher, b *broker, c *catalog.Catalog) error {
	keep := map[string]string{"retention.ms": "-1"}
	list := []ingest.Topic{{Name: ingest.TopicRetry, Partitions: 1}, {Name: ingest.TopicOwner, Partitions: 1}}
	for _, l := range c.Libraries {
		list = append(list, ingest.Topic{Name: ingest.TopicChanges(l.Name), Partitions: 1})
	}
	for _, name := range demo.BenchFeeds() {
		f := c.Feed(name)
		if f == nil {
			return fmt.Errorf("the catalogue has no feed %s", name)
		}
		list = append(list, ingest.Topic{Name: f.Topic, Partitions: f.Partitions, Config: keep})
	}
	if err := publisher.EnsureTopics(ctx, list); err != nil {
		return err
	}
	for _, name := range demo.BenchFeeds() {
		end, err := ingest.End(ctx, b.kafka(), topicOf(name), 0)
		if err != nil {
			return err
		}
		if end > 0 {
			return fmt.Errorf("topic %s of the broker at %s holds messages already: a bench wants a broker without these topics", topicOf(name), b.address)
		}
	}
	return nil
}

// feedSender publishes one feed in order.
type feedSender struct {
	ctx         context.Context
	publisher   *ingest.Publisher
	skip        int
	batch       []kafka.Message
	sent, bytes int
	tombstones  int
}

func (s *feedSender) send(p *demo.Province, feed string) error {
	var failed error
	p.Messages(topicOf(feed), func(m demo.Message) bool {
		if s.skip > 0 {
			s.skip--
			return true
		}
		s.sent++
		s.bytes += len(m.Value)
		if m.Value == nil {
			s.tombstones++
		}
		s.batch = append(s.batch, kafka.Message{Topic: m.Topic, Key: slices.Clone(m.Key), Value: slices.Clone(m.Value), Time: time.UnixMilli(m.TimeMS)})
		if len(s.batch) == publishBatch {
			failed = s.flush()
		}
		return failed == nil
	})
	return errors.Join(failed, s.flush())
}

func (s *feedSender) flush() error {
	if len(s.batch) == 0 {
		return nil
	}
	err := s.publisher.Publish(s.ctx, s.batch...)
	s.batch = s.batch[:0]
	return err
}
