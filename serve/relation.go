package serve

import (
	"context"
	"errors"
	"net/http"
	"slices"

	"wuku/catalog"
	"wuku/entity"
	"wuku/serve/access"
	"wuku/serve/read"
	"wuku/trust"
)

// RelationsAnswer is whom or what an entity names: a certificate its holder, an organisation its legal representative, a person a
// spouse. 关系
type RelationsAnswer struct {
	Library   string     `json:"library"`
	Entity    string     `json:"entity"`
	Grant     string     `json:"grant"`
	Relations []Relation `json:"relations" nullable:"false"`
}

// Relation is one element that holds another entity's identifier. The id is a keyed hash: it shows nothing of the identifier, and
// whether you may read the other entity is decided by your grant on its library.
type Relation struct {
	Element string `json:"element"`
	ZH      string `json:"zh"`
	Library string `json:"library"`
	Entity  string `json:"entity"`
	Scheme  string `json:"scheme"`
}

// SearchBody looks for entities by values. 检索
type SearchBody struct {
	Match   map[string]string `json:"match" minProperties:"1" maxProperties:"10" doc:"Element to the exact value. Two elements at least for a library of people, and only elements that your grant shows in clear"`
	Fields  []string          `json:"fields" minItems:"1" maxItems:"50" nullable:"false" doc:"What to show of those that fit"`
	Purpose string            `json:"purpose,omitempty" maxLength:"100" doc:"What for: one of your grant's purposes"`
	Grant   string            `json:"grant,omitempty" maxLength:"100" doc:"Which grant, where several fit"`
	Case    string            `json:"case,omitempty" maxLength:"100" doc:"Number of the case"`
}

type searchInput = inLibrary[SearchBody]

// mostFound is how many entities a search shows; of more it shows none: ask more exactly.
const mostFound = 10

// SearchAnswer is who fits, when they are few.
type SearchAnswer struct {
	Library string         `json:"library"`
	Grant   string         `json:"grant"`
	Many    bool           `json:"many" doc:"More than ten fit: none is shown"`
	Found   []EntityAnswer `json:"found" nullable:"false"`
}

// ProofsBody asks for all that one identity number proves. 一证通办
type ProofsBody struct {
	By      By     `json:"by"`
	Purpose string `json:"purpose,omitempty" maxLength:"100" doc:"What for: a purpose of your grants on each library"`
	Case    string `json:"case,omitempty" maxLength:"100" doc:"Number of the case"`
}

type proofsInput struct{ Body ProofsBody }

// ProofsAnswer is all that one identity number proves, each library under its own grant.
type ProofsAnswer struct {
	Proofs []EntityAnswer `json:"proofs" nullable:"false"`
	Saved  int            `json:"materials_saved" doc:"Certificates and records that nobody has to bring"`
	Closed []string       `json:"closed" nullable:"false" doc:"Libraries for which you have no grant with this purpose, or none under which an identity number can be matched"`
}

// mostProofs is how many proofs of one library an answer holds.
const mostProofs = 200

func (s *Server) relationRoutes() {
	register(s, operation{id: "relations", method: http.MethodGet, path: "/api/v1/entities/{id}/relations", kind: access.Relations, tag: "base libraries",
		summary: "Whom and what it names 关系", text: "From every element of your grant that holds an identifier of another library."}, s.relations)
	register(s, operation{id: "search", method: http.MethodPost, path: "/api/v1/search/{library}", kind: access.Search, tag: "base libraries",
		summary: "Search with minimal disclosure 检索", text: "Exact values only, of elements that your grant shows in clear. More than ten hits show none."}, s.search)
	register(s, operation{id: "proofs", method: http.MethodPost, path: "/api/v1/proofs", kind: access.Proofs, tag: "base libraries",
		summary: "One certificate for all 一证通办", text: "Identity number in; the person, and the certificates, records and organisations that belong to it, out."}, s.proofs)
}

func (s *Server) relations(ctx context.Context, x *exchange, in *entityInput) (answer *RelationsAnswer, err error) {
	err = s.eachLibrary(ctx, x, in, access.Relations, func(st *state, lib *catalog.Library, d access.Decision, _ entity.ID, r *read.Record) error {
		answer = &RelationsAnswer{Library: lib.Name, Entity: r.Entity.String(), Grant: d.Grant(), Relations: []Relation{}}
		for _, name := range d.Fields() {
			e := lib.Element(name)
			v := r.Values[name]
			if v.Text == nil || e.Type != catalog.TypeIdentifier || !visible(d, st.feeds[v.Source]) {
				continue
			}
			scheme := e.Scheme
			if scheme == entity.SchemeHolder {
				scheme = entity.HolderScheme([]byte(*v.Text))
			}
			if other := namedBy(st.catalog, lib, e, scheme); other != nil {
				to := s.byIdentifier(scheme, *v.Text)
				answer.Relations = append(answer.Relations, Relation{Element: name, ZH: e.ZH, Library: other.Name, Entity: to.String(), Scheme: scheme})
			}
		}
		return nil
	})
	return answer, err
}

// namedBy is the library whose entities an identifier of this scheme names; nil where it is the entity's own, or nobody's.
func namedBy(c *catalog.Catalog, own *catalog.Library, e *catalog.Element, scheme string) *catalog.Library {
	for _, i := range own.Identity {
		if slices.Equal(i.Elements, []string{e.Name}) {
			return nil
		}
	}
	for i := range c.Libraries {
		lib := &c.Libraries[i]
		for _, id := range lib.Identity {
			if id.Scheme == scheme && len(id.Elements) == 1 {
				return lib
			}
		}
	}
	return nil
}

func (s *Server) byIdentifier(scheme, value string) entity.ID {
	a := s.anchors.Get().(*entity.Anchorer)
	defer s.anchors.Put(a)
	return a.ByIdentifier(scheme, []byte(value))
}

func (s *Server) search(ctx context.Context, x *exchange, in *searchInput) (*SearchAnswer, error) {
	b := &in.Body
	elements := make([]string, 0, len(b.Match))
	for name := range b.Match {
		elements = append(elements, name)
	}
	slices.Sort(elements)
	call := access.Call{Operation: access.Search, Library: in.Library, Fields: append(slices.Clone(b.Fields), elements...), Grant: b.Grant, Purpose: b.Purpose, Case: b.Case}
	d, err := s.decide(x, call)
	if err != nil {
		return nil, err
	}
	st := s.current()
	lib := st.catalog.Library(in.Library)
	values := make([]string, len(elements))
	personal := false
	for i, name := range elements {
		if d.Treatment(name) != access.Clear || d.OwnFeeds() { // a masked value could be found out by searching for it
			return nil, problem(x.lang, codeMasked).at("body.match", "masked")
		}
		values[i] = b.Match[name]
		personal = personal || lib.Element(name).Personal
	}
	if personal && len(elements) < 2 {
		return nil, problem(x.lang, codeMasked).at("body.match", "too_few")
	}
	if err := s.admit(d); err != nil {
		return nil, err
	}
	ids, err := s.reads.Match(ctx, d, elements, values, mostFound+1)
	if err == nil { // one question, however many fit: hits must not hide misses
		err = s.outcome(ctx, d, question{}, len(ids) > 0)
	}
	if err != nil {
		return nil, err
	}
	out := &SearchAnswer{Library: lib.Name, Grant: d.Grant(), Found: []EntityAnswer{}, Many: len(ids) > mostFound}
	if out.Many {
		return out, nil
	}
	shown := slices.DeleteFunc(slices.Clone(d.Fields()), func(f string) bool { return !slices.Contains(b.Fields, f) })
	out.Found, err = s.several(ctx, x, st, lib, d, ids, shown)
	return out, err
}

// several reads a few entities under the budgets of a call that is admitted, and shows some elements of them.
func (s *Server) several(ctx context.Context, x *exchange, st *state, lib *catalog.Library, d access.Decision, ids []entity.ID, fields []string) ([]EntityAnswer, error) {
	if err := s.within(s.meter.Spend(d, ids...)); err != nil {
		return nil, err
	}
	x.leaf.Subjects = s.subjects(ids)
	records, _, err := s.reads.Entities(ctx, d, ids)
	if err != nil {
		return nil, err
	}
	out := []EntityAnswer{}
	for _, id := range ids {
		r := records[id]
		if r == nil {
			continue
		}
		if r.Entity != id { // corrections are told of the entity that it is now
			x.leaf.Subjects = append(x.leaf.Subjects, s.subject(r.Entity))
		}
		values := s.values(st, lib, d, r)
		for name := range values {
			if !slices.Contains(fields, name) {
				delete(values, name)
			}
		}
		out = append(out, entityAnswer(lib.Name, r.Entity, d.Grant(), values))
	}
	x.leaf.Count = len(out)
	return out, nil
}

func (s *Server) proofs(ctx context.Context, x *exchange, in *proofsInput) (*ProofsAnswer, error) {
	st := s.current()
	person := st.catalog.Library(entity.Person)
	q, err := s.anchorOf(x, person, in.Body.By)
	if err != nil {
		return nil, err
	}
	if q.scheme == "" {
		return nil, problem(x.lang, codeRequest).at("body.by.scheme", "required")
	}
	out := &ProofsAnswer{Proofs: []EntityAnswer{}, Closed: []string{}}
	var refused error
	var leaves []trust.Leaf
	var decisions []access.Decision
	for i := range st.catalog.Libraries {
		lib := &st.catalog.Libraries[i]
		x.leaf.Subjects, x.leaf.Count = nil, 0
		d, err := s.decide(x, access.Call{Operation: access.Proofs, Library: lib.Name, Purpose: in.Body.Purpose, Case: in.Body.Case})
		if err == nil {
			err = s.proofsOf(ctx, x, st, lib, d, q, out)
		}
		var refusal *access.Refusal
		if errors.As(err, &refusal) && closes(refusal) {
			refused = worse(refused, err)
			out.Closed = append(out.Closed, lib.Name)
			continue
		} else if err != nil {
			return nil, err
		}
		leaves, decisions = append(leaves, x.leaf), append(decisions, d)
	}
	if len(leaves) == 0 {
		return nil, refused
	}
	for _, d := range decisions { // a number that is nobody's is looked for under every grant; one without a licence is no miss
		if err := s.outcome(ctx, d, q, len(out.Proofs) > 0); err != nil {
			return nil, err
		}
	}
	x.leaf, x.further = leaves[0], leaves[1:] // one a library: whoever asks who read somebody asks of one
	s.metrics.saved.Add(float64(out.Saved))
	return out, nil
}

// closes reports whether a refusal is of one library alone. What a budget or a lock refuses is refused as a whole: it says that this
// caller asks for too many.
func closes(r *access.Refusal) bool {
	switch r.Code {
	case access.RateExceeded, access.SubjectsSpent, access.DepartmentSpent, access.TriesSpent, access.Slowed:
		return false
	}
	return true
}

// proofsOf adds what one library has of whoever has an identity number.
func (s *Server) proofsOf(ctx context.Context, x *exchange, st *state, lib *catalog.Library, d access.Decision, q question, out *ProofsAnswer) error {
	by, open := holders(lib, d, q)
	if !open {
		return &access.Refusal{Code: access.FieldDenied}
	}
	if err := s.admit(d); err != nil {
		return err
	}
	ids := []entity.ID{q.id}
	if lib.Name != entity.Person {
		var err error
		if ids, err = s.belonging(ctx, d, by, q.value); err != nil {
			return err
		}
	}
	found, err := s.several(ctx, x, st, lib, d, ids, d.Fields())
	if err != nil {
		return err
	}
	if lib.Name != entity.Person {
		out.Saved += len(found)
	}
	out.Proofs = append(out.Proofs, found...)
	return nil
}

// holders are the elements by which an entity of a library may belong to whoever has an identity number, as far as the grant verifies
// them at least. open is false where there are such and none may be used: each would tell of a value that the grant does not give, or
// that another department gave.
func holders(lib *catalog.Library, d access.Decision, q question) (by []string, open bool) {
	if lib.Name == entity.Person {
		return nil, true
	}
	any := false
	for i := range lib.Elements {
		e := &lib.Elements[i]
		if e.Type != catalog.TypeIdentifier || e.Scheme != "" && !slices.Contains(entity.Schemes(e.Scheme), q.scheme) {
			continue
		}
		any = true
		if d.Held(e.Name) >= access.Verify && !d.OwnFeeds() {
			by = append(by, e.Name)
		}
	}
	return by, len(by) > 0 || !any
}

// belonging are the entities that have a value in one of these elements.
func (s *Server) belonging(ctx context.Context, d access.Decision, by []string, value string) ([]entity.ID, error) {
	var all []entity.ID
	for _, name := range by {
		ids, err := s.reads.Match(ctx, d, []string{name}, []string{value}, mostProofs)
		if err != nil {
			return nil, err
		}
		all = append(all, ids...)
	}
	slices.SortFunc(all, func(a, b entity.ID) int { return slices.Compare(a[:], b[:]) })
	return slices.Compact(all), nil
}
