package main

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"encoding/json/v2"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync/atomic"
	"time"

	"golang.org/x/sync/errgroup"

	"wuku/catalog"
	"wuku/engine"
	"wuku/entity"
	"wuku/ingest"
	"wuku/quality"
	"wuku/resolve"
	"wuku/store"
)

// instance is an opened data directory: the engines (ours or given), the store in its newest form, the catalogue in force.
type instance struct {
	flags
	log        *slog.Logger
	key        []byte
	engine     *engine.Supervisor // nil when another process runs it, or with --clickhouse
	broker     *engine.Broker     // nil likewise
	secrets    engine.Secrets
	store      *store.Store
	kafka      ingest.Kafka
	current    atomic.Pointer[inForce]
	inspecting atomic.Pointer[quality.Inspector] // of the catalogue in force
	closers    []func(context.Context) error

	demoRegistry string // address of the schema registry that the demo has of its own
}

// inForce is the catalogue with what depends on it.
type inForce struct {
	catalog  *catalog.Catalog
	streams  *catalog.Catalog // one feed for each topic, see catalog.Streams
	revision uint32
	columns  map[string][]string
}

// running is DATA/run.json: where a running `wuku up` can be reached.
type running struct {
	PID   int    `json:"pid"`
	Kafka string `json:"kafka"`
	HTTP  string `json:"http"`
	// Registry is the demo's schema registry, "" where there is none.
	Registry string `json:"registry,omitempty"`
}

func (in *instance) path(parts ...string) string {
	return filepath.Join(append([]string{in.data}, parts...)...)
}

// role is what a process is to its instance.
type role int

const (
	// attach looks at an instance, running or stopped: it changes neither tables nor catalogue, and starts the ClickHouse engine
	// for itself when none runs.
	attach role = iota
	// serveParts runs parts of an instance whose engines run elsewhere.
	serveParts
	// runAll runs the embedded engines, too.
	runAll
)

// open makes ready everything that all commands need.
func open(ctx context.Context, f flags, how role) (*instance, error) {
	if err := f.speak(); err != nil {
		return nil, err
	}
	in := &instance{flags: f, log: logger(f.verbose)}
	if err := in.prepare(ctx, how); err != nil {
		return nil, errors.Join(err, in.close())
	}
	return in, nil
}

func (in *instance) prepare(ctx context.Context, how role) error {
	if err := os.MkdirAll(in.data, 0o700); err != nil {
		return err
	}
	var err error
	if in.key, err = deploymentKey(in.flags); err != nil {
		return err
	}
	if err := in.openEngines(ctx, how == runAll); err != nil {
		return err
	}
	if how == attach {
		return in.loadCurrent(ctx)
	}
	if err := in.store.Migrate(ctx); err != nil {
		return err
	}
	return in.begin(ctx)
}

// begin brings the catalogue's files into force, unless the one in force was decided on by approval: then files that differ are to be proposed.
func (in *instance) begin(ctx context.Context) error {
	_, proposal, err := in.store.Newest(ctx)
	if err != nil {
		return err
	}
	if proposal == "" {
		return in.reload(ctx)
	}
	if err := in.loadCurrent(ctx); err != nil {
		return err
	}
	now := in.current.Load()
	if files, err := in.loadCatalog(); err == nil && catalog.Digest(files) != catalog.Digest(now.catalog) {
		say("catalogue revision %d was approved (%s) and stays in force; the files differ from it: propose them with `wuku catalog publish`, or force them with SIGHUP", now.revision, proposal)
	}
	_, err = in.store.Sync(ctx, now.catalog)
	return err
}

// loadCurrent takes the catalogue that is in force, whatever files lie here.
func (in *instance) loadCurrent(ctx context.Context) error {
	c, revision, err := in.store.Current(ctx)
	if err != nil {
		return err
	}
	if c == nil {
		return fmt.Errorf("no catalogue was ever published in %s: start the instance first (`wuku up`)", in.data)
	}
	columns, err := in.store.Columns(ctx, c)
	if err != nil {
		return err
	}
	in.current.Store(&inForce{c, catalog.Streams(c), revision, columns})
	return nil
}

// openEngines opens both at once: each takes a second of its own.
func (in *instance) openEngines(ctx context.Context, own bool) error {
	var broker errgroup.Group
	broker.Go(func() error { return in.openBroker(own) })
	err, other := in.openEngine(ctx, own), broker.Wait()
	if err == nil { // a directory in use is said once
		err = other
	}
	if in.broker != nil {
		in.closers = append(in.closers, func(context.Context) error { return in.broker.Close() })
	}
	return err
}

func (in *instance) openEngine(ctx context.Context, own bool) error {
	if in.clickhouse != "" {
		o, err := clickhouseOf(in.clickhouse)
		if err != nil {
			return err
		}
		return in.connect(ctx, o)
	}
	dir := in.path("engine")
	secrets, err := engine.ReadSecrets(dir)
	if !own && err == nil {
		o := store.Options{Address: []string{secrets.Native}, User: engine.UserOwner, Password: secrets.Password}
		if err := in.connect(ctx, o); err == nil {
			in.secrets = secrets
			return nil // a running instance's
		}
	}
	if !own && errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("there is no instance in %s: start one with `wuku up --data %s`, or name another directory with --data", in.data, in.data)
	}
	s, err := engine.Watch(ctx, engine.Config{Dir: dir}, func(r engine.Restart) {
		in.log.Error("engine ended by itself", "cause", r.Cause, "restarts", r.Count, "error", r.Err)
	})
	if err != nil {
		return err
	}
	in.engine = s
	in.closers = append(in.closers, s.Close)
	if in.secrets, err = engine.ReadSecrets(dir); err != nil {
		return err
	}
	return in.connect(ctx, store.Options{Address: []string{s.Native()}, User: s.User(), Password: s.Password()})
}

func (in *instance) connect(ctx context.Context, o store.Options) error {
	o.CrashPoint = crashPoint()
	s, err := store.Open(ctx, o)
	if err != nil {
		return err
	}
	in.store = s
	in.closers = append(in.closers, func(context.Context) error { return s.Close() })
	return nil
}

func (in *instance) openBroker(own bool) (err error) {
	if in.flags.kafka != "" {
		in.kafka, err = in.kafkaOf()
		return err
	}
	if !own {
		if r, err := in.readRunning(); err == nil {
			in.kafka = ingest.Kafka{Brokers: []string{r.Kafka}}
		}
		return nil // commands that need the broker say so themselves
	}
	in.broker, err = engine.StartBroker(engine.BrokerConfig{Dir: in.path("broker")})
	if err != nil {
		return err
	}
	in.kafka = ingest.Kafka{Brokers: []string{in.broker.Address()}}
	return nil
}

func (in *instance) readRunning() (r running, err error) {
	b, err := os.ReadFile(in.path("run.json"))
	if err != nil {
		return r, fmt.Errorf("no running instance in %s: %w", in.data, err)
	}
	return r, json.Unmarshal(b, &r)
}

// loadCatalog reads and checks the catalogue's files.
func (f flags) loadCatalog() (*catalog.Catalog, error) {
	if f.catalog == "" {
		return catalog.Load(catalog.Province())
	}
	return catalog.Load(os.DirFS(f.catalog))
}

// reload brings the catalogue's files into force: a new revision when they changed, tables and columns for what is new.
func (in *instance) reload(ctx context.Context) error {
	c, err := in.loadCatalog()
	if err != nil {
		return err
	}
	columns, err := in.store.Sync(ctx, c) // tables first: who follows must find the columns
	if err != nil {
		return err
	}
	c, revision, err := in.store.Publish(ctx, c)
	if err != nil {
		return err
	}
	in.current.Store(&inForce{c, catalog.Streams(c), revision, columns})
	return nil
}

func (in *instance) close() error {
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
	defer cancel()
	var failed []error
	for i := len(in.closers) - 1; i >= 0; i-- {
		failed = append(failed, in.closers[i](ctx))
	}
	return errors.Join(failed...)
}

// config is what the owner of one library works by, under the catalogue in force.
func (in *instance) config(library string, fence resolve.Fence) resolve.Config {
	now := in.current.Load()
	c := resolve.Config{
		Rule:       resolve.Compile(now.catalog, library, now.columns[library]),
		RuleDigest: now.catalog.RuleDigest(library),
		Catalog:    now.revision,
		Changed: func(ctx context.Context, since uint32) ([]string, bool, error) {
			old, err := in.store.Revision(ctx, since)
			if err != nil {
				return nil, false, err
			}
			elements, all := changedElements(old, now.catalog, library)
			return elements, all, nil
		},
		Sources:    sources(now.catalog, library),
		Store:      in.store,
		Fence:      fence,
		Instance:   instanceName(),
		CrashPoint: crashPoint(),
	}
	return c
}

// changedElements are those of a library whose values the difference of two catalogues may change; all where elements came, went
// or changed their type, or the identity did.
func changedElements(old, next *catalog.Catalog, library string) (elements []string, all bool) {
	a, b := old.Library(library), next.Library(library)
	if a == nil || b == nil || len(a.Elements) != len(b.Elements) || !slices.EqualFunc(a.Identity, b.Identity, func(x, y catalog.Identity) bool {
		return x.Scheme == y.Scheme && slices.Equal(x.Elements, y.Elements)
	}) {
		return nil, true
	}
	for i := range b.Elements {
		if e := a.Element(b.Elements[i].Name); e == nil || e.Type != b.Elements[i].Type {
			return nil, true
		}
	}
	return catalog.Diff(old, next).Effect().RuleChanged[library], false
}

// sources are the topics that a library's cycles read.
func sources(c *catalog.Catalog, library string) []resolve.Source {
	list := []resolve.Source{{Topic: ingest.TopicRetry}}
	for _, f := range c.Feeds {
		for _, s := range f.Claims {
			if s.Library == library {
				list = append(list, resolve.Source{Topic: f.ChangesTopic(), Revision: f.Revision})
				break
			}
		}
	}
	return list
}

func instanceName() string {
	host, err := os.Hostname()
	if err != nil {
		host = "unknown"
	}
	return fmt.Sprintf("%s/%d", host, os.Getpid())
}

// deploymentKey reads the key under which anchors are computed, and makes one for a new instance of its own.
func deploymentKey(f flags) ([]byte, error) {
	path := f.key
	if path == "" {
		path = filepath.Join(f.data, "deployment.key")
	}
	text, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) && f.key == "" {
		fresh := make([]byte, 32)
		rand.Read(fresh)
		return fresh, os.WriteFile(path, []byte(hex.EncodeToString(fresh)+"\n"), 0o600)
	}
	if err != nil {
		return nil, fmt.Errorf("deployment key: %w", err)
	}
	key, err := hex.DecodeString(strings.TrimSpace(string(text)))
	if err != nil || len(key) < 32 {
		return nil, fmt.Errorf("deployment key %s: want at least 64 hexadecimal digits", path)
	}
	return key, nil
}

// speak makes say write as --log wants it.
func (f flags) speak() error {
	switch f.form {
	case "", "text":
	case "json":
		speaker.Store(logger(true))
	default:
		return fmt.Errorf("--log %s: want text or json", f.form)
	}
	return nil
}

func logger(verbose bool) *slog.Logger {
	level := slog.LevelWarn
	if verbose {
		level = slog.LevelInfo
	}
	return slog.New(slog.NewJSONHandler(os.Stderr, &slog.HandlerOptions{Level: level}))
}

func (in *instance) anchorer() *entity.Anchorer { return entity.NewAnchorer(in.key) }
