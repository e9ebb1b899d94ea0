package resolve

import (
	"context"
	"crypto/sha256"
	"encoding/json/v2"
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/google/uuid"

	"wuku/entity"
	"wuku/match"
)

// Links takes rows in for the matcher; Store's statements name the columns.
type Links interface {
	// Append adds rows by the one INSERT of a template, durable when it returns.
	Append(ctx context.Context, statement string, data any, rows [][]any) error
}

// matcher is the library's matching as its owner holds it: an index in memory over what the claims at each anchor say, and what of
// its findings stands in resolve.link and resolve.review. The findings are a pure function of the living claims and the model, so
// that the index may be built again at any time.
type matcher struct {
	id      entity.ID // of the model; the zero ID when nothing is matched
	fields  []string
	live    *match.Live
	links   findings
	reviews findings
	newest  time.Time        // of all rows that matching has written in this library
	stamps  map[int64]uint64 // rows of resolve.link that are known and perhaps not applied, by their time in microseconds
}

// findings are stored pairs by name, and which of them an anchor has a part in.
type findings struct {
	pairs map[entity.ID]finding
	of    map[entity.ID]map[entity.ID]bool
}

type finding struct {
	a, b   entity.ID
	score  float64
	reason string
	at     time.Time // of the stored row
}

func newFindings() findings {
	return findings{pairs: map[entity.ID]finding{}, of: map[entity.ID]map[entity.ID]bool{}}
}

func (f findings) put(id entity.ID, p finding) {
	f.pairs[id] = p
	for _, end := range [2]entity.ID{p.a, p.b} {
		if f.of[end] == nil {
			f.of[end] = map[entity.ID]bool{}
		}
		f.of[end][id] = true
	}
}

func (f findings) drop(id entity.ID) {
	p := f.pairs[id]
	delete(f.pairs, id)
	for _, end := range [2]entity.ID{p.a, p.b} {
		if delete(f.of[end], id); len(f.of[end]) == 0 {
			delete(f.of, end)
		}
	}
}

// PairID names a pair of anchors of a library, whichever comes first. by tells links by match from decisions of stewards.
func PairID(by, library string, a, b entity.ID) entity.ID {
	if slices.Compare(a[:], b[:]) > 0 {
		a, b = b, a
	}
	sum := sha256.Sum256(slices.Concat([]byte("wuku pair\x00"+by+"\x00"+library+"\x00"), a[:], b[:]))
	var id entity.ID
	copy(id[:], sum[:])
	id[6], id[8] = id[6]&0x0f|0x80, id[8]&0x3f|0x80
	return id
}

// What PairID is told.
const (
	ByMatch   = "match"
	BySteward = "steward"
)

// margin is by how many bits the best of several people with different numbers must stand out before a record without one is
// linked with it: a hundred to one.
const margin = 6.64

// changes resolves what the windows' records and the new links touch, and lets matching look at it.
func (o *Owner) changes(ctx context.Context, w *work) (uint64, error) {
	if len(w.Windows) > 0 {
		if err := o.gone(ctx, w); err != nil {
			return 0, err
		}
		if err := o.Store.Exec(ctx, "cycle/touched", w); err != nil {
			return 0, err
		}
	}
	if w.Pending {
		if err := o.Store.Exec(ctx, "cycle/touched_linked", w); err != nil {
			return 0, err
		}
	}
	n, err := o.touched(ctx, w)
	if err != nil {
		return 0, err
	}
	return n, o.matchTouched(ctx, w)
}

// A look at what waits goes through the links of the last day; once an hour through all, so that one whose writer's clock is far
// behind waits at most so long.
const (
	recent   = 24 * time.Hour
	fullLook = time.Hour
)

// matching sees to it that the index of matching is there and knows all that is stored, and returns how many rows of resolve.link no
// cycle has taken in yet, and how many rows it has written itself.
func (o *Owner) matching(ctx context.Context, w *work) (pending uint64, found int, err error) {
	count := func() error {
		return o.Store.Query(ctx, "cycle/link_pending", w, func(scan func(...any) error) error { return scan(&pending) })
	}
	now := o.Now()
	full := o.looked.IsZero() || now.Sub(o.looked) >= fullLook
	if !full {
		w.Since = now.Add(-recent).UnixMicro()
	}
	if err := count(); err != nil {
		return 0, 0, err
	}
	if full && pending == 0 {
		o.looked = now
	}
	if err := o.strange(ctx, w, pending); err != nil {
		return 0, 0, err
	}
	if found, err = o.matchModel(ctx); err == nil && found > 0 {
		err = count()
	}
	w.Pending = pending > 0
	return pending, found, err
}

// matchModel looks whether the model has changed, or the index is not built yet; it returns how many findings it has changed.
func (o *Owner) matchModel(ctx context.Context) (int, error) {
	if o.Links == nil || !o.last.found {
		return 0, nil
	}
	id, model, err := CurrentModel(ctx, o.Store, o.Rule.Library)
	if err != nil {
		return 0, err
	}
	if o.match != nil && o.match.id == id {
		return 0, nil
	}
	if err := o.mine(ctx); err != nil {
		return 0, err
	}
	m := &matcher{id: id, links: newFindings(), reviews: newFindings()}
	if m.stamps, err = o.stamps(ctx, o.data()); err != nil { // before the findings: what comes between the two is strange
		return 0, err
	}
	if err := m.stored(ctx, o); err != nil {
		return 0, err
	}
	if model == nil && len(m.links.pairs)+len(m.reviews.pairs) == 0 {
		o.match = m
		return 0, nil
	}
	w := o.data()
	w.All = true
	if err := m.load(ctx, o, w, model); err != nil {
		return 0, fmt.Errorf("library %s: build the index of matching: %w", o.Rule.Library, err)
	}
	n, err := m.settle(ctx, o, nil)
	if err == nil {
		o.match = m
	}
	return n, err
}

// matchTouched brings the index up to what the cycle touched and stores what has changed; the next cycle takes it in.
func (o *Owner) matchTouched(ctx context.Context, w *work) error {
	m := o.match
	if o.Links == nil || m == nil || m.live == nil {
		return nil
	}
	gone := map[entity.ID]bool{}
	err := o.Store.Query(ctx, "cycle/touched_list", w, func(scan func(...any) error) error {
		var text string
		if err := scan(&text); err != nil {
			return err
		}
		id, err := uuid.Parse(text)
		gone[id] = true
		return err
	})
	if err != nil {
		return err
	}
	o.match = nil // unless all of it succeeds, and the index is not worn, it is built again
	changed := map[uint32]bool{}
	mark := func(i uint32) { changed[i] = true }
	err = m.rows(ctx, o, w, func(id entity.ID, values []string) {
		delete(gone, id)
		m.live.Put(string(id[:]), "", values, mark)
	})
	if err != nil {
		return err
	}
	for id := range gone {
		m.live.Remove(string(id[:]), mark)
	}
	if _, err := m.settle(ctx, o, changed); err != nil {
		return err
	}
	if !m.live.Worn() {
		o.match = m
	}
	return nil
}

// stored reads what of the findings stands in the tables.
func (m *matcher) stored(ctx context.Context, o *Owner) error {
	for statement, into := range map[string]findings{"cycle/match_links": m.links, "cycle/match_reviews": m.reviews} {
		err := o.Store.Query(ctx, statement, o.data(), func(scan func(...any) error) error {
			var id entity.ID
			var f finding
			err := scan(&id, &f.a, &f.b, &f.reason, &f.at)
			into.put(id, f)
			return err
		})
		if err != nil {
			return err
		}
	}
	return o.Store.Query(ctx, "cycle/match_newest", o.data(), func(scan func(...any) error) error { return scan(&m.newest) })
}

// loadTime is how long the claims of a whole library may take to be read: on a busy machine those of a million people are not through
// within the ten minutes of other statements, and begun again they would not be either.
const loadTime = 2 * time.Hour

// load builds the index over all anchors; without a model it stays empty.
func (m *matcher) load(ctx context.Context, o *Owner, w *work, model *match.Model) error {
	if model == nil {
		return nil
	}
	b := match.NewBatch(&match.Mapping{Fields: model.Columns()})
	for _, f := range model.Columns() {
		m.fields = append(m.fields, f.Column)
	}
	long, cancel := context.WithTimeout(ctx, loadTime)
	defer cancel()
	if err := m.rows(long, o, w, func(id entity.ID, values []string) { b.Add(string(id[:]), "", values) }); err != nil {
		return err
	}
	x, err := b.Index(model)
	if err != nil {
		return err
	}
	m.live = x.Live()
	return nil
}

// rows reads what the living claims at each anchor in scope say.
func (m *matcher) rows(ctx context.Context, o *Owner, w *work, each func(entity.ID, []string)) error {
	scope := *w
	scope.Fields = m.fields
	values := make([]string, len(m.fields))
	var id entity.ID
	dest := []any{&id}
	for i := range values {
		dest = append(dest, &values[i])
	}
	return o.Store.Query(ctx, "cycle/match_rows", &scope, func(scan func(...any) error) error {
		if err := scan(dest...); err != nil {
			return err
		}
		each(id, values)
		return nil
	})
}

// settle works out the findings of some records anew and stores the difference; of all when records is nil.
func (m *matcher) settle(ctx context.Context, o *Owner, records map[uint32]bool) (int, error) {
	links, reviews := newFindings(), newFindings()
	list := slices.Sorted(maps.Keys(records))
	var known map[entity.ID]bool
	if records != nil {
		known = map[entity.ID]bool{}
	} else if m.live != nil {
		for i := range m.live.Len() {
			list = append(list, uint32(i))
		}
	}
	for _, i := range list {
		a := m.anchor(i)
		if known != nil {
			known[a] = true
		}
		for _, h := range m.live.Halves(i) {
			if h.To < i && (known == nil || records[h.To]) {
				continue // met from its other end
			}
			p := finding{a: a, b: m.anchor(h.To), score: h.Score}
			e := m.live.Explain(int(i), int(h.To))
			e.A, e.B = "", ""
			text, err := json.Marshal(e)
			if err != nil {
				return 0, err
			}
			p.reason = string(text)
			id := PairID(ByMatch, o.Rule.Library, p.a, p.b)
			if m.decisive(i, h) && m.decisive(h.To, match.Half{To: i, Score: h.Score}) {
				links.put(id, p)
			} else {
				reviews.put(id, p)
			}
		}
	}
	at := m.now(o)
	n, err := m.store(ctx, o, "cycle/link_add", m.links, links, known, at, func(id entity.ID, p finding, live bool) []any {
		return []any{id, o.Rule.Library, p.a, p.b, "same", p.score, uint8(0), ByMatch, p.reason, flag(!live), at}
	})
	if err != nil {
		return n, err
	}
	if n > 0 {
		m.stamps[at.UnixMicro()] = uint64(n)
	}
	k, err := m.store(ctx, o, "cycle/review_add", m.reviews, reviews, known, at, func(id entity.ID, p finding, live bool) []any {
		return []any{id, o.Rule.Library, p.a, p.b, p.score, p.reason, flag(live), at}
	})
	return n + k, err
}

// decisive reports whether an edge of record i is sure enough to link: above the threshold, solid, and, where i has no number of its
// own, far above every edge to somebody with another number.
func (m *matcher) decisive(i uint32, h match.Half) bool {
	if match.Probability(h.Score) < m.live.Threshold() || !m.live.Solid(int(i), int(h.To)) {
		return false
	}
	if m.live.Identified(i) {
		return true
	}
	for _, other := range m.live.Halves(i) {
		if other.To != h.To && m.live.Identified(other.To) && m.live.Identified(h.To) && other.Score > h.Score-margin && m.live.Distinct(other.To, h.To) {
			return false
		}
	}
	return true
}

// store appends the rows by which findings become next for the anchors in known; known is nil when it is for all.
func (m *matcher) store(ctx context.Context, o *Owner, statement string, now, next findings, known map[entity.ID]bool, at time.Time, row func(entity.ID, finding, bool) []any) (int, error) {
	var rows [][]any
	var dropped []entity.ID
	drop := func(id entity.ID) {
		if _, stays := next.pairs[id]; !stays {
			rows, dropped = append(rows, row(id, now.pairs[id], false)), append(dropped, id)
		}
	}
	if known == nil {
		for id := range now.pairs {
			drop(id)
		}
	}
	seen := map[entity.ID]bool{}
	for a := range known {
		for id := range now.of[a] {
			if !seen[id] {
				seen[id] = true
				drop(id)
			}
		}
	}
	for id, p := range next.pairs {
		if old, ok := now.pairs[id]; !ok || old.reason != p.reason {
			rows, p.at = append(rows, row(id, p, true)), at
		} else {
			p.at = old.at
		}
		next.pairs[id] = p
	}
	if len(rows) == 0 {
		return 0, nil
	}
	if err := o.mine(ctx); err != nil {
		return 0, err
	}
	if err := o.Links.Append(ctx, statement, o.data(), rows); err != nil {
		return 0, err
	}
	for _, id := range dropped {
		now.drop(id)
	}
	for id, p := range next.pairs {
		now.put(id, p)
	}
	return len(rows), nil
}

func (m *matcher) anchor(i uint32) entity.ID { return entity.ID([]byte(m.live.Name(int(i)))) }

func flag(b bool) uint8 {
	if b {
		return 1
	}
	return 0
}
