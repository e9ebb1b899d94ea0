package bench

import (
	"context"
	"encoding/json/v2"
	"errors"
	"fmt"
	"hash/fnv"
	"io"
	"math/rand/v2"
	"net"
	"net/http"
	"path/filepath"
	"slices"
	"time"

	"github.com/google/uuid"
	"golang.org/x/sync/errgroup"

	"wuku/catalog"
	"wuku/entity"
	"wuku/matter"
	"wuku/serve"
	"wuku/serve/access"
	"wuku/trust"
)

// MatterRun is one measurement of Matter. Times are seconds from before a case is opened until its answer is read.
type MatterRun struct {
	Entities     int     `json:"entities"`     // people
	Certificates int     `json:"certificates"` // one a person
	Callers      int     `json:"callers"`
	Matter       string  `json:"matter"`
	Queries      int     `json:"queries"` // of a case, all at once
	Cases        Calls   `json:"cases"`
	Compile      float64 `json:"compile_seconds"` // of the matter
}

// matterMeasured reads two libraries: the person by its key, certificates by their holder.
const matterMeasured = "driving_licence_renewal"

// Matter measures how long a case takes from its opening to all its proofs, audited, over HTTP, in libraries of so many people with a
// certificate each.
func Matter(ctx context.Context, cfg ServeConfig) (run *MatterRun, err error) {
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
	m := &matterBench{serveBench: serveBench{cfg: cfg, dir: dir, db: d, key: deploymentKey()}}
	if err := m.prepare(ctx); err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, m.store.Close()) }()
	if err := m.certificates(ctx); err != nil {
		return nil, err
	}
	from := time.Now()
	plan, err := matter.Compile(m.catalog, matterMeasured)
	if err != nil {
		return nil, err
	}
	run = &MatterRun{Entities: cfg.Entities, Certificates: cfg.Entities, Callers: cfg.Callers, Matter: plan.Name, Queries: len(plan.Queries), Compile: time.Since(from).Seconds()}
	cfg.Say("opening cases of %s", plan.Name)
	run.Cases, err = m.measure(ctx)
	return run, err
}

// matterBench is the bench of lookups with certificates.
type matterBench struct {
	serveBench
	order map[string][]string // columns by library
}

// certificates gives every person a driving licence.
func (b *matterBench) certificates(ctx context.Context) error {
	order, err := b.store.Sync(ctx, b.catalog)
	if err != nil {
		return err
	}
	b.order = order
	values := map[string]string{"type_code": "11100000000013338W011", "status": "01", "valid_to": "2090-01-01", "name": "机动车驾驶证", "holder_code_type": "111", "division": "320102"}
	names := append(sortedKeysOf(values), "number", "holder_code")
	numbers := make([]uint16, len(names))
	for i, name := range names {
		numbers[i] = uint16(slices.Index(order[entity.Certificate], name) + 1)
	}
	h := fnv.New32a()
	h.Write([]byte("police.driver"))
	sources, times := slices.Repeat([]uint32{h.Sum32()}, len(names)), slices.Repeat([]int64{1_700_000_000_000}, len(names))
	b.cfg.Say("loading %d certificates", len(b.people))
	for chunk := range slices.Chunk(b.people, 50_000) {
		batch, err := b.db.conn.PrepareBatch(ctx, "INSERT INTO resolve.certificate (anchor, entity, live, ver, anchors, feeds, els, vals, sources, times, updated)")
		if err != nil {
			return err
		}
		for i, p := range chunk {
			texts := make([]string, 0, len(names))
			for _, name := range names[:len(values)] {
				texts = append(texts, values[name])
			}
			id := uuid.New()
			if err := batch.Append(id, id, uint8(1), uint64(1), []entity.ID{id}, []string{"police.driver"}, numbers, append(texts, fmt.Sprintf("D%d", i), p.number), sources, times, time.UnixMilli(times[0])); err != nil {
				return errors.Join(err, batch.Abort())
			}
		}
		if err := batch.Send(); err != nil {
			return err
		}
	}
	if err := b.db.conn.Exec(ctx, "OPTIMIZE TABLE resolve.certificate FINAL"); err != nil {
		return err
	}
	return b.db.settle(ctx)
}

// measure serves the libraries over HTTP and opens cases, each caller as fast as its answers come.
func (b *matterBench) measure(ctx context.Context) (calls Calls, err error) {
	book, err := access.OpenBook(ctx, access.OnTables(b.store), trust.NewPepper(b.key, trust.International), nil)
	if err != nil {
		return calls, err
	}
	keys, err := access.SeedDemo(ctx, book, b.catalog, "police")
	if err != nil {
		return calls, err
	}
	audit, err := trust.OpenLog(filepath.Join(b.dir, "cases"))
	if err != nil {
		return calls, err
	}
	defer func() { err = errors.Join(err, audit.Close()) }()
	api, err := serve.New(serve.Config{Catalog: func() *catalog.Catalog { return b.catalog }, Columns: func(library string) []string { return b.order[library] },
		Reader: b.store, Tables: b.store, Access: book, Audit: audit, AnchorKey: b.key, KeyRate: 1e6})
	if err != nil {
		return calls, err
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return calls, err
	}
	inner, stop := context.WithCancel(ctx)
	defer stop()
	go api.Run(inner)
	server := &http.Server{Handler: api.Handler(), ReadHeaderTimeout: 5 * time.Second}
	go server.Serve(listener)
	defer server.Close()
	c := newCaller("http://"+listener.Addr().String(), keys[trust.RoleService], b.cfg.Callers)
	c.want = http.StatusCreated
	if _, err := b.cases(ctx, c, 2*time.Second); err != nil {
		return calls, err
	}
	return b.cases(ctx, c, time.Duration(b.cfg.Seconds)*time.Second)
}

// cases opens cases of people drawn by lot, and wants the licence of each to be proved.
func (b *matterBench) cases(ctx context.Context, c *caller, length time.Duration) (Calls, error) {
	var t timing
	group, inner := errgroup.WithContext(ctx)
	start := time.Now()
	for i := range b.cfg.Callers {
		group.Go(func() error {
			random := rand.New(rand.NewPCG(uint64(i), 9))
			for time.Since(start) < length {
				p := b.people[random.IntN(len(b.people))]
				from := time.Now()
				text, err := c.post(inner, "/api/v1/cases", []byte(`{"matter":"`+matterMeasured+`","division":"320102","parties":{"applicant":{"scheme":"citizen","value":"`+p.number+`"}}}`))
				if err != nil {
					return err
				}
				t.add(time.Since(from))
				var got serve.CaseAnswer
				if err := json.Unmarshal(text, &got); err != nil {
					return err
				}
				if at := slices.IndexFunc(got.Proofs, func(o serve.Proof) bool { return o.Material == "licence" }); at < 0 || got.Proofs[at].State != matter.Proved {
					return fmt.Errorf("the licence of a person is not proved: %+v", got.Open)
				}
			}
			return nil
		})
	}
	err := group.Wait()
	return t.calls(time.Since(start)), err
}

func sortedKeysOf(m map[string]string) []string {
	keys := make([]string, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys
}

// Print writes a run for people.
func (r *MatterRun) Print(w io.Writer) {
	fmt.Fprintf(w, "%d people with a certificate each; cases of %s (%d queries at once), kept, audited (fsync), over HTTP on loopback, %d callers in the same process\n", r.Entities, r.Matter, r.Queries, r.Callers)
	fmt.Fprintf(w, "cases %.1f/s, p50 %.1f ms, p99 %.1f ms, max %.1f ms; compiled in %.1f ms\n", r.Cases.PerSecond, 1e3*r.Cases.P50, 1e3*r.Cases.P99, 1e3*r.Cases.Max, 1e3*r.Compile)
}
