package bench

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"sync"
	"time"

	"github.com/ClickHouse/clickhouse-go/v2"
	"github.com/ClickHouse/clickhouse-go/v2/lib/driver"
	"github.com/segmentio/kafka-go"

	"wuku/catalog"
	"wuku/demo"
	"wuku/engine"
	"wuku/entity"
	"wuku/geo"
	"wuku/ingest"
	"wuku/resolve"
	"wuku/store"
)

// stopTimeout bounds the clean stop of an engine.
const stopTimeout = 20 * time.Second

// database is a running engine with a connection for the bench's own questions.
type database struct {
	engine *engine.Engine
	conn   driver.Conn
}

func openDatabase(ctx context.Context, dir string) (*database, error) {
	e, err := engine.Start(ctx, engine.Config{Dir: dir})
	if err != nil {
		return nil, err
	}
	d := &database{engine: e}
	d.conn, err = clickhouse.Open(&clickhouse.Options{
		Addr: []string{e.Native()}, Auth: clickhouse.Auth{Username: e.User(), Password: e.Password()},
		DialTimeout: 5 * time.Second, ReadTimeout: 10 * time.Minute,
	})
	if err != nil {
		return nil, errors.Join(err, d.close())
	}
	return d, nil
}

func (d *database) close() error {
	ctx, cancel := context.WithTimeout(context.Background(), stopTimeout)
	defer cancel()
	var err error
	if d.conn != nil {
		err = d.conn.Close()
	}
	return errors.Join(err, d.engine.Close(ctx))
}

// number asks a statement that answers with one number.
func (d *database) number(ctx context.Context, statement string, data any) (n float64, err error) {
	text, err := render(statement, data)
	if err != nil {
		return 0, err
	}
	if err := d.conn.QueryRow(ctx, text).Scan(&n); err != nil {
		return 0, fmt.Errorf("%s: %w", statement, err)
	}
	return n, nil
}

// settle waits until the engine has no merge to do, and no longer than settleTimeout.
func (d *database) settle(ctx context.Context) error {
	const settleTimeout, quiet = 2 * time.Minute, 2 * time.Second
	deadline := time.Now().Add(settleTimeout)
	for still := time.Now(); time.Since(still) < quiet && time.Now().Before(deadline); {
		busy, err := d.number(ctx, "merges", nil)
		if err != nil {
			return err
		}
		if busy > 0 {
			still = time.Now()
		}
		if !pause(ctx, 100*time.Millisecond) {
			return ctx.Err()
		}
	}
	return nil
}

func pause(ctx context.Context, d time.Duration) bool {
	select {
	case <-ctx.Done():
		return false
	case <-time.After(d):
		return true
	}
}

// rig is everything that ours needs: an engine with its tables, the catalogue in force, a publisher and a fence.
type rig struct {
	*database
	cfg       Config
	broker    *broker
	store     *store.Store
	catalog   *catalog.Catalog
	revision  uint32
	columns   map[string][]string
	publisher *ingest.Publisher
	fence     *ingest.Fence
	key       []byte
	schemas   *ingest.Registry // nil: no feed is in Avro
	bell      resolve.Bell

	timing     sync.Mutex
	statements []Statement
}

func openRig(ctx context.Context, cfg Config, dir string, b *broker) (*rig, error) {
	d, err := openDatabase(ctx, filepath.Join(dir, "engine"))
	if err != nil {
		return nil, err
	}
	r := &rig{database: d, cfg: cfg, broker: b, key: deploymentKey(),
		publisher: ingest.NewPublisher(b.kafka(), kafka.Compression(0)), fence: ingest.NewFence(b.kafka(), "bench")}
	if err := r.prepare(ctx); err != nil {
		return nil, errors.Join(err, r.close())
	}
	return r, nil
}

func (r *rig) prepare(ctx context.Context) error {
	s, err := store.Open(ctx, store.Options{Address: []string{r.engine.Native()}, User: r.engine.User(), Password: r.engine.Password()})
	if err != nil {
		return err
	}
	r.store = s
	if err := s.Migrate(ctx); err != nil {
		return err
	}
	c, err := catalog.Load(catalog.Province())
	if err != nil {
		return err
	}
	if r.cfg.narrow {
		c = narrow(c)
	}
	if r.catalog, r.revision, err = s.Publish(ctx, c); err != nil {
		return err
	}
	r.columns, err = s.Sync(ctx, r.catalog)
	return err
}

func (r *rig) close() error {
	r.fence.Close()
	err := r.publisher.Close()
	if r.store != nil {
		err = errors.Join(err, r.store.Close())
	}
	return errors.Join(err, r.database.close())
}

func (r *rig) processes() three {
	return three{own: self(), engine: process{r.engine.PID()}, broker: r.broker.process}
}

func (r *rig) consumer() (*ingest.Consumer, error) {
	streams := catalog.Streams(r.catalog)
	return ingest.NewConsumer(ingest.Config{Kafka: r.broker.kafka(), Catalog: func() *catalog.Catalog { return streams },
		Anchorer: entity.NewAnchorer(r.key), Sink: r.store, Stored: func(b []*entity.Batch) { r.bell.Stored(streams, b) }, Options: ingest.MapperOptions{Places: places, Schemas: r.schemas}})
}

// places reads coordinates in the system that a feed declares, as a running instance does.
func places(system string) (ingest.Places, error) { return geo.NewReader(system) }

// owner is what the owner of a library works by, as in a running instance.
func (r *rig) owner(library string) resolve.Config {
	c := resolve.Config{Rule: resolve.Compile(r.catalog, library, r.columns[library]), RuleDigest: r.catalog.RuleDigest(library),
		Catalog: r.revision, Store: r.store, Fence: r.fence, Instance: "bench", Sources: []resolve.Source{{Topic: ingest.TopicRetry}}}
	for _, f := range r.catalog.Feeds {
		for _, s := range f.Claims {
			if s.Library == library {
				c.Sources = append(c.Sources, resolve.Source{Topic: f.ChangesTopic(), Revision: f.Revision})
				break
			}
		}
	}
	return c
}

// libraries are those that the five feeds speak of.
func libraries(c *catalog.Catalog) []string {
	var list []string
	for _, l := range c.Libraries {
		if len(feedsOf(c, l.Name)) > 0 {
			list = append(list, l.Name)
		}
	}
	return list
}

// feedsOf are the bench feeds that speak of a library.
func feedsOf(c *catalog.Catalog, library string) []*catalog.Feed {
	var list []*catalog.Feed
	for _, name := range demo.BenchFeeds() {
		f := c.Feed(name)
		for _, s := range f.Claims {
			if s.Library == library {
				list = append(list, f)
				break
			}
		}
	}
	return list
}

// loaded is a rig with the mix published and loaded, as after the first start of an instance. done ends all of it.
func loaded(ctx context.Context, cfg Config) (r *rig, mix Mix, done func() error, err error) {
	var ends []func() error
	done = func() (err error) {
		for _, end := range slices.Backward(ends) {
			err = errors.Join(err, end())
		}
		return err
	}
	fail := func(err error) (*rig, Mix, func() error, error) { return nil, mix, nil, errors.Join(err, done()) }
	dir, remove, err := cfg.place()
	if err != nil {
		return fail(err)
	}
	ends = append(ends, func() error { remove(); return nil })
	b, err := openBroker(ctx, cfg, dir)
	if err != nil {
		return fail(err)
	}
	ends = append(ends, func() error { b.close(); return nil })
	if mix, err = publish(ctx, cfg, b); err != nil {
		return fail(fmt.Errorf("publish the mix: %w", err))
	}
	if r, err = openRig(ctx, cfg, filepath.Join(dir, "ours"), b); err != nil {
		return fail(err)
	}
	ends = append(ends, r.close)
	if err := r.load(ctx, startWatch(r.processes())); err != nil {
		return fail(err)
	}
	return r, mix, done, nil
}
