package serve

import (
	"cmp"
	"context"
	"errors"
	"net/http"
	"slices"
	"sync"

	"golang.org/x/sync/errgroup"

	"wuku/catalog"
	"wuku/entity"
	"wuku/serve/access"
	"wuku/serve/read"
	"wuku/trust"
)

// WalkBody asks who is related to an entity, and to these. 关联分析
type WalkBody struct {
	Library string              `json:"library" maxLength:"40" doc:"Of the entity where the walk begins"`
	By      By                  `json:"by"`
	Hops    int                 `json:"hops,omitempty" minimum:"1" maximum:"3" default:"1" doc:"How far"`
	Limit   int                 `json:"limit,omitempty" minimum:"1" maximum:"100" default:"20" doc:"Most entities over one relation of one entity: of a hub the first ones are shown and more says so"`
	Only    []string            `json:"only,omitempty" maxItems:"50" doc:"Walk these relations alone, each as library.element"`
	Fields  map[string][]string `json:"fields,omitempty" maxProperties:"5" doc:"Library to the elements to show of its entities; none: ids alone"`
	Purpose string              `json:"purpose,omitempty" maxLength:"100" doc:"What for: a purpose of your grants on each library"`
	Case    string              `json:"case,omitempty" maxLength:"100" doc:"Number of the case"`
}

type walkInput struct{ Body WalkBody }

// WalkAnswer is a graph: entities and, with its reason, each relation between them.
type WalkAnswer struct {
	Nodes  []WalkNode `json:"nodes" nullable:"false" doc:"The first is where the walk began"`
	Edges  []WalkEdge `json:"edges" nullable:"false"`
	More   []WalkMore `json:"more" nullable:"false" doc:"Relations of which not all was shown"`
	Cut    bool       `json:"cut,omitempty" doc:"The walk met its bound of 300 entities: there are more"`
	Closed []string   `json:"closed" nullable:"false" doc:"Libraries for which you have no grant with this purpose and this operation"`
}

// WalkNode is an entity as your grant on its library shows it.
type WalkNode struct {
	EntityAnswer
	Hop int `json:"hop" doc:"How many relations it is away"`
}

// WalkEdge is one relation, and who says so: the first entity's record holds the second one's value in this element.
type WalkEdge struct {
	From    string  `json:"from"`
	To      string  `json:"to"`
	Library string  `json:"library" doc:"Of the element"`
	Element string  `json:"element"`
	ZH      string  `json:"zh"`
	Source  *Source `json:"source" doc:"The feed that says so"`
	AsOf    *string `json:"as_of"`
	Doubted bool    `json:"doubted" doc:"A quality finding on it is open"`
}

// WalkMore is a relation of an entity of which not all was shown.
type WalkMore struct {
	Entity  string `json:"entity"`
	Library string `json:"library"`
	Element string `json:"element"`
}

// mostNodes bounds a walk; the last hop may end before all that is there is shown, and more says so.
const mostNodes = 300

func (s *Server) walkRoutes() {
	register(s, operation{id: "walk", method: http.MethodPost, path: "/api/v1/relations/walk", kind: access.Relations, tag: "base libraries",
		summary: "Walk relations across the libraries 关联分析", text: "Holder, legal representative, employer, household, spouse, located in, penalised: to three hops, both ways, each with the feed that says so. " +
			"A relation is walked where your grants show the elements on both its sides, masked at least. What was published in the last seconds may not be found from its other side yet."}, s.walk)
}

func (s *Server) walk(ctx context.Context, x *exchange, in *walkInput) (*WalkAnswer, error) {
	b := &in.Body
	call, err := s.walkCall(x, b, b.Library)
	if err != nil {
		return nil, err
	}
	a, err := s.about(ctx, x, call, b.By)
	if err != nil {
		return nil, err
	}
	w := &walker{s: s, x: x, st: a.st, body: b, decisions: map[string]access.Decision{b.Library: a.d}, nodes: map[entity.ID]*met{}, edges: map[WalkEdge]bool{},
		used: map[string][]string{}, out: &WalkAnswer{Nodes: []WalkNode{}, Edges: []WalkEdge{}, More: []WalkMore{}, Closed: []string{}}}
	first := x.leaf
	if err := w.open(b.Library); err != nil {
		return nil, err
	}
	frontier := []*met{w.meet(b.Library, a.r, 0)}
	for hop := 1; hop <= max(b.Hops, 1) && len(frontier) > 0; hop++ {
		if frontier, err = w.step(ctx, frontier, hop); err != nil {
			return nil, err
		}
	}
	x.leaf = first
	w.leaves()
	return w.out, nil
}

// walkCall is the call of a walk on one library: the elements by which it is related, as far as a grant shows them, and those asked for.
// Nothing else is read. A grant that shows none of them reads what it shows.
func (s *Server) walkCall(x *exchange, b *WalkBody, library string) (access.Call, error) {
	call := access.Call{Operation: access.Relations, Library: library, Purpose: b.Purpose, Case: b.Case}
	d, err := s.decide(x, call)
	if err != nil {
		return call, err
	}
	for _, e := range s.current().catalog.Linked(library) {
		if d.Treatment(e) >= access.Mask && !slices.Contains(b.Fields[library], e) {
			call.Fields = append(call.Fields, e)
		}
	}
	call.Fields = append(call.Fields, b.Fields[library]...)
	return call, nil
}

// met is an entity that a walk has come to.
type met struct {
	library string
	record  *read.Record
}

// walker is one walk.
type walker struct {
	s         *Server
	x         *exchange
	st        *state
	body      *WalkBody
	links     []catalog.Link
	decisions map[string]access.Decision
	leaf      map[string]trust.Leaf // by library
	nodes     map[entity.ID]*met
	edges     map[WalkEdge]bool
	used      map[string][]string // library -> elements by which it was walked
	out       *WalkAnswer
}

// open decides on every library, and keeps the relations of which both sides may be seen.
func (w *walker) open(first string) error {
	w.leaf = map[string]trust.Leaf{first: w.x.leaf}
	for i := range w.st.catalog.Libraries {
		name := w.st.catalog.Libraries[i].Name
		if name == first {
			continue
		}
		w.x.leaf.Subject, w.x.leaf.Subjects, w.x.leaf.Count = "", nil, 0
		call, err := w.s.walkCall(w.x, w.body, name)
		var d access.Decision
		if err == nil {
			d, err = w.s.decide(w.x, call)
		}
		if err == nil {
			err = w.s.admit(d)
		}
		var refusal *access.Refusal
		if errors.As(err, &refusal) && closes(refusal) && refusal.Code != access.FieldDenied { // a field that is asked for refuses the whole call
			w.out.Closed = append(w.out.Closed, name)
			continue
		} else if err != nil {
			return err
		}
		w.decisions[name], w.leaf[name] = d, w.x.leaf
	}
	for library := range w.body.Fields {
		if w.st.catalog.Library(library) == nil {
			return problem(w.x.lang, codeRequest).at("body.fields", "invalid")
		}
	}
	for _, l := range w.st.catalog.Links() {
		asked := len(w.body.Only) == 0 || slices.Contains(w.body.Only, l.Library+"."+l.Element)
		if asked && w.decisions[l.Library].Treatment(l.Element) >= access.Mask && w.decisions[l.ToLibrary].Treatment(l.ToElement) >= access.Mask {
			w.links = append(w.links, l)
		}
	}
	return nil
}

// meet adds an entity to the answer.
func (w *walker) meet(library string, r *read.Record, hop int) *met {
	if there := w.nodes[r.Entity]; there != nil {
		return nil
	}
	m := &met{library, r}
	w.nodes[r.Entity] = m
	lib, d := w.st.catalog.Library(library), w.decisions[library]
	n := WalkNode{EntityAnswer{Library: library, Entity: r.Entity.String(), Grant: d.Grant(), Values: map[string]Value{}}, hop}
	for _, f := range w.body.Fields[library] {
		n.Values[f] = w.s.value(w.st, lib.Element(f), d, r.Values[f])
	}
	w.out.Nodes = append(w.out.Nodes, n)
	return m
}

// said is an element's value, "" where there is none that the caller may see.
func (w *walker) said(m *met, element string) string {
	v := m.record.Values[element]
	if v.Text == nil || !visible(w.decisions[m.library], w.st.feeds[v.Source]) {
		return ""
	}
	return *v.Text
}

// asking is a question of a walk: whose answer is related to this one over this link.
type asking struct {
	from *met
	link catalog.Link
	back bool // the answer names this one; else it is named
}

// step goes over all relations of some entities and returns the entities that were not met before.
func (w *walker) step(ctx context.Context, frontier []*met, hop int) ([]*met, error) {
	asked := map[read.Holder][]asking{}
	var wanted []read.Holder
	ask := func(h read.Holder, a asking) {
		if h.Value == "" {
			return
		}
		if len(asked[h]) == 0 {
			wanted = append(wanted, h)
		}
		asked[h] = append(asked[h], a)
	}
	for _, m := range frontier {
		for _, l := range w.links {
			if l.Library == m.library {
				ask(read.Holder{Library: l.ToLibrary, Element: l.ToElement, Value: w.said(m, l.Element)}, asking{m, l, false})
			}
			if l.ToLibrary == m.library && !l.Shared() {
				ask(read.Holder{Library: l.Library, Element: l.Element, Value: w.said(m, l.ToElement)}, asking{m, l, true})
			}
		}
	}
	limit := cmp.Or(w.body.Limit, 20)
	found, err := w.s.reads.Holders(ctx, w.decisions, wanted, limit+2) // one may be itself, one more tells that there are more
	if err != nil {
		return nil, err
	}
	records, err := w.records(ctx, found)
	if err != nil {
		return nil, err
	}
	var next []*met
	counts := map[asking]int{}
	for _, h := range found {
		r := records[h.Library][h.Entity]
		if r == nil {
			continue
		}
		to := &met{h.Library, r}
		for _, a := range asked[read.Holder{Library: h.Library, Element: h.Element, Value: w.said(to, h.Element)}] {
			if r.Entity == a.from.record.Entity {
				continue
			}
			counts[a]++
			full := w.nodes[r.Entity] == nil && len(w.nodes) >= mostNodes
			w.out.Cut = w.out.Cut || full
			if counts[a] > limit || full {
				w.more(a)
				continue
			}
			if m := w.meet(h.Library, r, hop); m != nil {
				next = append(next, m)
			}
			w.edge(a, to)
		}
	}
	return next, nil
}

// records reads what was found, all libraries at once, each under its own decision and budgets.
func (w *walker) records(ctx context.Context, found []read.Held) (map[string]map[entity.ID]*read.Record, error) {
	ids := map[string][]entity.ID{}
	for _, h := range found {
		switch {
		case slices.Contains(ids[h.Library], h.Entity):
		case len(ids[h.Library]) >= mostNodes:
			w.out.Cut = true
		default:
			ids[h.Library] = append(ids[h.Library], h.Entity)
		}
	}
	out := map[string]map[entity.ID]*read.Record{}
	var mu sync.Mutex
	group, ctx := errgroup.WithContext(ctx)
	for library, list := range ids {
		group.Go(func() error {
			d := w.decisions[library]
			if err := w.s.within(w.s.meter.Spend(d, list...)); err != nil {
				return err
			}
			records, _, err := w.s.reads.Entities(ctx, d, list)
			mu.Lock()
			defer mu.Unlock()
			out[library] = records
			return err
		})
	}
	return out, group.Wait()
}

// edge notes a relation once, with who says so.
func (w *walker) edge(a asking, to *met) {
	holder, named := a.from, to
	if a.back || a.link.Shared() && slices.Compare(holder.record.Entity[:], named.record.Entity[:]) > 0 { // what is shared has no direction
		holder, named = to, a.from
	}
	id := WalkEdge{From: holder.record.Entity.String(), To: named.record.Entity.String(), Library: a.link.Library, Element: a.link.Element}
	if w.edges[id] {
		return
	}
	w.edges[id] = true
	e := w.st.catalog.Library(a.link.Library).Element(a.link.Element)
	v := w.s.value(w.st, e, w.decisions[a.link.Library], holder.record.Values[a.link.Element])
	id.ZH, id.Source, id.AsOf, id.Doubted = e.ZH, v.Source, v.AsOf, v.Doubted
	w.out.Edges = append(w.out.Edges, id)
	for _, side := range [][2]string{{a.link.Library, a.link.Element}, {a.link.ToLibrary, a.link.ToElement}} {
		if !slices.Contains(w.used[side[0]], side[1]) {
			w.used[side[0]] = append(w.used[side[0]], side[1])
		}
	}
}

func (w *walker) more(a asking) {
	m := WalkMore{Entity: a.from.record.Entity.String(), Library: a.link.Library, Element: a.link.Element}
	if !slices.Contains(w.out.More, m) {
		w.out.More = append(w.out.More, m)
	}
}

// leaves puts every library that was looked into on the record, with who was shown and by what.
func (w *walker) leaves() {
	first := w.out.Nodes[0].Library
	ids := map[string][]entity.ID{}
	for id, m := range w.nodes {
		ids[m.library] = append(ids[m.library], id)
	}
	for library, leaf := range w.leaf {
		leaf.Subjects, leaf.Count = w.s.subjects(ids[library]), len(ids[library])
		leaf.Columns = append(slices.Clone(w.body.Fields[library]), w.used[library]...)
		slices.Sort(leaf.Columns)
		leaf.Columns = slices.Compact(leaf.Columns)
		if library == first {
			w.x.leaf = leaf
		} else {
			w.x.further = append(w.x.further, leaf)
		}
	}
}
