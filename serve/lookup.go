package serve

import (
	"context"
	"net/http"
	"strings"

	"github.com/google/uuid"

	"wuku/catalog"
	"wuku/entity"
	"wuku/serve/access"
	"wuku/serve/read"
)

// By says which entity is meant: by an identifier, or by its id.
type By struct {
	Scheme string `json:"scheme,omitempty" maxLength:"40" doc:"Such as citizen or uscc: see identity in the library's catalogue entry"`
	Value  string `json:"value,omitempty" maxLength:"512" doc:"The identifier; several parts are joined by |"`
	Entity string `json:"entity,omitempty" maxLength:"36" doc:"The entity's id instead"`
}

// LookupBody is a lookup. 查询
type LookupBody struct {
	By      By       `json:"by"`
	Fields  []string `json:"fields" minItems:"1" maxItems:"200" nullable:"false" doc:"Elements; one outside the grant refuses the whole call"`
	Purpose string   `json:"purpose,omitempty" maxLength:"100" doc:"What for: one of your grant's purposes"`
	Grant   string   `json:"grant,omitempty" maxLength:"100" doc:"Which grant, where several fit"`
	Case    string   `json:"case,omitempty" maxLength:"100" doc:"Number of the case"`
	Then
}

// VerifyBody is a verification. 核验
type VerifyBody struct {
	By      By             `json:"by"`
	Values  map[string]any `json:"values" minProperties:"1" maxProperties:"50" doc:"Element to the value that you have"`
	Purpose string         `json:"purpose,omitempty" maxLength:"100" doc:"What for: one of your grant's purposes"`
	Grant   string         `json:"grant,omitempty" maxLength:"100" doc:"Which grant, where several fit"`
	Case    string         `json:"case,omitempty" maxLength:"100" doc:"Number of the case"`
	Then
}

// inLibrary is the input of a call on one library.
type inLibrary[B any] struct {
	Library string `path:"library" maxLength:"40" doc:"person, organisation, certificate, credit or place"`
	Body    B
}

type lookupInput = inLibrary[LookupBody]
type verifyInput = inLibrary[VerifyBody]

// EntityAnswer is an entity as the caller may see it.
type EntityAnswer struct {
	Library string           `json:"library"`
	Entity  string           `json:"entity" doc:"Its id now; ids that it had before keep answering"`
	Grant   string           `json:"grant" doc:"The grant that allowed it"`
	Level   int              `json:"level,omitzero" doc:"The record's level as it is shown: the highest of its values 数据分级"`
	Values  map[string]Value `json:"values"`
}

// entityAnswer labels what is shown of an entity with its level.
func entityAnswer(library string, id entity.ID, grant string, values map[string]Value) EntityAnswer {
	return EntityAnswer{Library: library, Entity: id.String(), Grant: grant, Level: levelOf(values), Values: values}
}

// levelOf is the highest level of values that are there; 0 for none.
func levelOf(values map[string]Value) (level int) {
	for _, v := range values {
		if v.Source != nil || v.Value != nil {
			level = max(level, v.Level)
		}
	}
	return level
}

// VerifyAnswer says of each element whether the caller's value is the right one.
type VerifyAnswer struct {
	Library string            `json:"library"`
	Grant   string            `json:"grant"`
	Results map[string]string `json:"results" doc:"Element to match, differs or unknown (there is no value to compare with)"`
}

func (s *Server) lookupRoutes() {
	register(s, operation{id: "lookup", method: http.MethodPost, path: "/api/v1/lookup/{library}", kind: access.Lookup, tag: "base libraries",
		summary: "Look an entity up 查询", text: "Values of one entity, each with its source, time, level and doubt. Personal identifiers travel in the body only. as_of, known_at and revision ask for what was so, what was known, and by which rule; doubts are of the present."}, s.lookup)
	register(s, operation{id: "verify", method: http.MethodPost, path: "/api/v1/verify/{library}", kind: access.Check, tag: "base libraries",
		summary: "Verify values that you have 核验", text: "match, differs or unknown for each element, after bringing both to the element's normal form."}, s.verify)
}

func (s *Server) lookup(ctx context.Context, x *exchange, in *lookupInput) (*EntityAnswer, error) {
	b := &in.Body
	a, err := s.aboutThen(ctx, x, access.Call{Operation: access.Lookup, Library: in.Library, Fields: b.Fields, Grant: b.Grant, Purpose: b.Purpose, Case: b.Case}, b.By, b.Then)
	if err != nil {
		return nil, err
	}
	return s.shown(a.st, a.lib, a.d, a.r), nil
}

// shown is an entity as a decision shows it.
func (s *Server) shown(st *state, lib *catalog.Library, d access.Decision, r *read.Record) *EntityAnswer {
	a := entityAnswer(lib.Name, r.Entity, d.Grant(), s.values(st, lib, d, r))
	return &a
}

func (s *Server) verify(ctx context.Context, x *exchange, in *verifyInput) (*VerifyAnswer, error) {
	b := &in.Body
	fields := make([]string, 0, len(b.Values))
	for name := range b.Values {
		fields = append(fields, name)
	}
	a, err := s.aboutThen(ctx, x, access.Call{Operation: access.Check, Library: in.Library, Fields: fields, Grant: b.Grant, Purpose: b.Purpose, Case: b.Case}, b.By, b.Then)
	if err != nil {
		return nil, err
	}
	results, err := s.compared(a.st, a.lib, a.d, a.q, a.r, b.Values)
	if err != nil {
		return nil, err
	}
	return &VerifyAnswer{Library: a.lib.Name, Grant: a.d.Grant(), Results: results}, nil
}

// compared says of each value whether it is the right one, as long as there are guesses left at the entity: the same one by another of
// its identifiers is no new chance.
func (s *Server) compared(st *state, lib *catalog.Library, d access.Decision, q question, r *read.Record, values map[string]any) (map[string]string, error) {
	results := make(map[string]string, len(values))
	wrong := false
	for name, claimed := range values { // of a batch each item names its own
		v, e := r.Values[name], lib.Element(name)
		if e == nil || !visible(d, st.feeds[v.Source]) {
			v.Text = nil
		}
		results[name] = compare(st.catalog, e, v.Text, claimed)
		wrong = wrong || results[name] == resultDiffers
	}
	if err := s.within(s.meter.Guess(d, wrong, q.id, r.Entity)); err != nil {
		return nil, err
	}
	return results, nil
}

// anchorOf computes which anchor is meant. It reads nothing, so it tells nothing of who is in the library.
func (s *Server) anchorOf(x *exchange, lib *catalog.Library, by By) (question, error) {
	switch {
	case by.Entity != "" && by.Scheme == "" && by.Value == "":
		id, err := uuid.Parse(by.Entity)
		if err != nil || len(by.Entity) != 36 {
			return question{}, problem(x.lang, codeRequest).at("body.by.entity", "invalid")
		}
		return question{id: id}, nil
	case by.Entity != "", by.Scheme == "", by.Value == "":
		return question{}, problem(x.lang, codeRequest).at("body.by", "invalid")
	}
	for i := range lib.Identity {
		if lib.Identity[i].Scheme == by.Scheme {
			return s.identifierAnchor(x, lib, &lib.Identity[i], by.Value)
		}
	}
	return question{}, problem(x.lang, codeScheme).at("body.by.scheme", "invalid")
}

// identifierAnchor normalises an identifier part by part, as ingest does, and hashes it.
func (s *Server) identifierAnchor(x *exchange, lib *catalog.Library, identity *catalog.Identity, value string) (question, error) {
	parts := []string{value}
	if len(identity.Elements) > 1 {
		parts = strings.Split(value, "|")
	}
	if len(parts) != len(identity.Elements) {
		return question{}, problem(x.lang, codeIdentifier).at("body.by.value", "parts")
	}
	var normal []byte
	for i, part := range parts {
		if i > 0 {
			normal = append(normal, '|')
		}
		e := lib.Element(identity.Elements[i])
		if e.Type != catalog.TypeIdentifier {
			normal = append(normal, strings.TrimSpace(part)...)
			continue
		}
		var fault *entity.Fault
		if normal, fault = entity.Normalise(e.Scheme, normal, []byte(part)); fault != nil {
			return question{}, problem(x.lang, codeIdentifier).at("body.by.value", fault.Code)
		}
	}
	a := s.anchors.Get().(*entity.Anchorer)
	defer s.anchors.Put(a)
	return question{id: a.ByIdentifier(identity.Scheme, normal), scheme: identity.Scheme, value: string(normal)}, nil
}
