package bench

import (
	"context"
	"errors"
	"fmt"
	"hash/fnv"
	"net"
	"net/http"
	"path/filepath"
	"slices"
	"time"

	"wuku/catalog"
	"wuku/entity"
	"wuku/serve"
	"wuku/serve/access"
	"wuku/store"
	"wuku/trust"
)

// The shape of the served rows.
const (
	serveFeed    = "police.person"
	servePurpose = "bench"
	serveBatch   = 10_000 // entities of one verification call
)

// ServeConfig says what Serve measures. Zero values take the defaults.
type ServeConfig struct {
	Entities int    // default 1,000,000
	Seconds  int    // of each measurement; default 20
	Callers  int    // connections of the closed loop; default 16
	Rate     int    // calls a second of the steady measurement; default 500
	Postgres string // directory of PostgreSQL's programs; "" looks in /usr/lib/postgresql, "none" leaves the peer out
	Dir      string // as in Config
	Say      func(format string, args ...any)
}

func (c *ServeConfig) defaults() {
	if c.Entities == 0 {
		c.Entities = 1_000_000
	}
	if c.Seconds == 0 {
		c.Seconds = 20
	}
	if c.Callers == 0 {
		c.Callers = 16
	}
	if c.Rate == 0 {
		c.Rate = 500
	}
	if c.Say == nil {
		c.Say = func(string, ...any) {}
	}
}

// served is a person of the bench: the number alone decides the rest.
type served struct {
	anchor entity.ID
	number string
	name   string
	born   time.Time
}

// people makes n people with different, valid citizen numbers.
func people(n int, key []byte) []served {
	a := entity.NewAnchorer(key)
	list := make([]served, n)
	first := time.Date(1940, 1, 1, 0, 0, 0, 0, time.UTC)
	for i := range list {
		born := first.AddDate(0, 0, i%29_000)
		text := []byte(fmt.Sprintf("%06d%s%03d", 320102+i/29_000%90*100/100, born.Format("20060102"), i/29_000+1))
		number := string(append(text, entity.CitizenCheck(text)))
		list[i] = served{anchor: a.ByIdentifier(entity.SchemeCitizen, []byte(number)), number: number, name: fmt.Sprintf("王%05d", i), born: born}
	}
	return list
}

// Serve measures point lookups, masked and audited, and verifications in batches over HTTP, against the engine and, behind the
// same HTTP layer, against PostgreSQL with the same rows and a primary key on the same column.
func Serve(ctx context.Context, cfg ServeConfig) (run *ServeRun, err error) {
	cfg.defaults()
	place := Config{Dir: cfg.Dir}
	dir, remove, err := place.place()
	if err != nil {
		return nil, err
	}
	defer remove()
	d, err := openDatabase(ctx, filepath.Join(dir, "engine"))
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, d.close()) }()
	b := &serveBench{cfg: cfg, dir: dir, db: d, key: deploymentKey()}
	if err := b.prepare(ctx); err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, b.store.Close()) }()
	run = &ServeRun{Entities: cfg.Entities, Seconds: cfg.Seconds, Callers: cfg.Callers}
	cfg.Say("measuring wuku on its engine")
	ours, err := b.measure(ctx, "wuku", b.store, process{d.engine.PID()})
	if err != nil {
		return nil, err
	}
	run.Sides = append(run.Sides, *ours)
	if cfg.Postgres == "none" {
		return run, nil
	}
	pg, err := startPostgres(ctx, cfg, filepath.Join(dir, "postgres"))
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, pg.close()) }()
	cfg.Say("loading PostgreSQL")
	if err := pg.load(ctx, b); err != nil {
		return nil, err
	}
	cfg.Say("measuring PostgreSQL behind the same HTTP layer")
	theirs, err := b.measure(ctx, "postgresql", pg, process{})
	if err != nil {
		return nil, err
	}
	run.Sides = append(run.Sides, *theirs)
	return run, nil
}

// serveBench is what both sides share.
type serveBench struct {
	cfg     ServeConfig
	dir     string
	db      *database
	key     []byte
	store   *store.Store
	catalog *catalog.Catalog
	columns []string
	people  []served
}

// prepare makes tables and people in the engine.
func (b *serveBench) prepare(ctx context.Context) error {
	s, err := store.Open(ctx, store.Options{Address: []string{b.db.engine.Native()}, User: b.db.engine.User(), Password: b.db.engine.Password()})
	if err != nil {
		return err
	}
	b.store = s
	if err := s.Migrate(ctx); err != nil {
		return err
	}
	if b.catalog, err = catalog.Load(catalog.Province()); err != nil {
		return err
	}
	order, err := s.Sync(ctx, b.catalog)
	if err != nil {
		return err
	}
	b.columns = order[entity.Person]
	b.cfg.Say("loading %d people", b.cfg.Entities)
	b.people = people(b.cfg.Entities, b.key)
	for chunk := range slices.Chunk(b.people, 50_000) {
		if err := b.insert(ctx, chunk); err != nil {
			return err
		}
	}
	if err := b.db.conn.Exec(ctx, "OPTIMIZE TABLE resolve.person FINAL"); err != nil {
		return err
	}
	return b.db.settle(ctx)
}

// insert puts people into the engine.
func (b *serveBench) insert(ctx context.Context, people []served) error {
	batch, err := b.db.conn.PrepareBatch(ctx, "INSERT INTO resolve.person (anchor, entity, live, ver, anchors, feeds, els, vals, sources, times, updated)")
	if err != nil {
		return err
	}
	numbers := b.numbers()
	sources, times := b.provenance()
	for _, p := range people {
		values := []string{p.number, p.name, "1", p.born.Format(time.DateOnly), p.number[:6]}
		err := batch.Append(p.anchor, p.anchor, uint8(1), uint64(1), []entity.ID{p.anchor}, []string{serveFeed}, numbers, values, sources, times, time.UnixMilli(times[0]))
		if err != nil {
			return errors.Join(err, batch.Abort())
		}
	}
	return batch.Send()
}

// servedColumns are the elements that a person of the bench has.
var servedColumns = []string{"citizen_number", "name", "sex", "birth_date", "division"}

// numbers are those columns' in storage.
func (b *serveBench) numbers() (numbers []uint16) {
	for _, name := range servedColumns {
		numbers = append(numbers, uint16(slices.Index(b.columns, name)+1))
	}
	return numbers
}

// provenance is every row's: a source and a time for each value.
func (b *serveBench) provenance() (sources []uint32, times []int64) {
	h := fnv.New32a()
	h.Write([]byte(serveFeed))
	for range servedColumns {
		sources, times = append(sources, h.Sum32()), append(times, 1_700_000_000_000)
	}
	return sources, times
}

// measure serves one source over HTTP and calls it.
func (b *serveBench) measure(ctx context.Context, name string, source serve.Reader, engine process) (side *ServeSide, err error) {
	book, err := access.OpenBook(ctx, access.OnTables(b.store), trust.NewPepper(b.key, trust.International), nil)
	if err != nil {
		return nil, err
	}
	key, err := b.grant(ctx, book, name)
	if err != nil {
		return nil, err
	}
	audit, err := trust.OpenLog(filepath.Join(b.dir, name))
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, audit.Close()) }()
	api, err := serve.New(serve.Config{Catalog: func() *catalog.Catalog { return b.catalog }, Columns: func(string) []string { return b.columns },
		Reader: source, Tables: b.store, Access: book, Audit: audit, AnchorKey: b.key, KeyRate: 1e6})
	if err != nil {
		return nil, err
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	inner, stop := context.WithCancel(ctx)
	defer stop()
	go api.Run(inner)
	server := &http.Server{Handler: api.Handler(), ReadHeaderTimeout: 5 * time.Second}
	go server.Serve(listener)
	defer server.Close()
	c := newCaller("http://"+listener.Addr().String(), key, b.cfg.Callers)
	side = &ServeSide{Name: name}
	return side, b.rounds(ctx, c, side, engine, audit)
}

// grant gives a client of the bench what it calls under, by the way of every grant.
func (b *serveBench) grant(ctx context.Context, book *access.Book, client string) (string, error) {
	applicant := trust.Principal{ID: "local", Client: "bench", Role: trust.RoleDepartment}
	terms := access.Terms{Library: entity.Person, Operations: []access.Operation{access.Lookup, access.Check}, Purposes: []string{servePurpose}, Basis: "bench",
		Columns: map[string]access.Treatment{"name": access.Clear, "sex": access.Clear, "birth_date": access.Mask, "citizen_number": access.Mask}, Rate: 100_000, Subjects: 100_000_000}
	c, err := book.File(ctx, applicant, access.Application{Client: client, Title: client, Reason: "bench", Terms: terms}, "")
	if err != nil {
		return "", err
	}
	for i, name := range []string{"first", "second"} {
		p := trust.Principal{ID: name, Client: name, Role: trust.RoleSteward}
		if i == 0 {
			if _, err := book.Assess(ctx, p, c.ID, access.Assessment{Level: "low", Text: "nobody is real"}); err != nil {
				return "", err
			}
		}
		if _, err := book.Approve(ctx, p, c.ID, ""); err != nil {
			return "", err
		}
	}
	key, _, err := book.IssueFor(ctx, applicant, c.ID, "")
	return key, err
}
