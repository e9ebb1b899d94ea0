package serve

import (
	"context"
	"net/http"
	"slices"
	"strconv"
	"time"

	"wuku/catalog"
	"wuku/serve/access"
)

type none struct{}

type nameInput struct {
	Name string    `path:"name" maxLength:"100"`
	AsOf time.Time `query:"as_of" doc:"As the catalogue was then, RFC 3339; without it, as it is"`
}

type asOfInput struct {
	AsOf time.Time `query:"as_of" doc:"As the catalogue was then, RFC 3339; without it, as it is"`
}

// pastFor is how long a past revision of the catalogue is kept; none changes.
const pastFor = time.Hour

// asOf is the catalogue that was in force at a time; a zero one is now.
func (s *Server) asOf(ctx context.Context, at time.Time) (*catalog.Catalog, error) {
	if at.IsZero() {
		return s.current().catalog, nil
	}
	if s.cfg.Catalogues == nil {
		return nil, ErrNone
	}
	revision, err := s.cfg.Catalogues.RevisionAt(ctx, at)
	if err != nil {
		return nil, err
	}
	if revision == 0 {
		return nil, ErrNone
	}
	return cached(ctx, &s.cached, "catalog/"+strconv.Itoa(int(revision)), s.cfg.Now(), pastFor, func(ctx context.Context) (*catalog.Catalog, error) {
		return s.cfg.Catalogues.Revision(ctx, revision)
	})
}

// CatalogAnswer is the catalogue in short. 数据资源目录
type CatalogAnswer struct {
	Name        string           `json:"name"`
	ZH          string           `json:"zh"`
	Digest      string           `json:"digest"`
	Departments []DepartmentItem `json:"departments"`
	Feeds       []FeedItem       `json:"feeds"`
	Libraries   []LibraryItem    `json:"libraries"`
}

// DepartmentItem is a department without the names of people.
type DepartmentItem struct {
	Code         string `json:"code"`
	ZH           string `json:"zh"`
	EN           string `json:"en"`
	Tier         string `json:"tier"`
	Jurisdiction string `json:"jurisdiction"`
}

// FeedItem is one feed in short.
type FeedItem struct {
	Name       string   `json:"name"`
	Department string   `json:"department"`
	ZH         string   `json:"zh"`
	EN         string   `json:"en,omitempty"`
	Topic      string   `json:"topic"`
	Cycle      string   `json:"cycle,omitempty"`
	Libraries  []string `json:"libraries"`
}

// LibraryItem is one library in short.
type LibraryItem struct {
	Name     string `json:"name"`
	ZH       string `json:"zh"`
	EN       string `json:"en"`
	Elements int    `json:"elements"`
}

// LibraryAnswer is one library with its elements.
type LibraryAnswer struct {
	Name     string         `json:"name"`
	ZH       string         `json:"zh"`
	EN       string         `json:"en"`
	Identity []IdentityItem `json:"identity"`
	Elements []ElementItem  `json:"elements"`
}

// IdentityItem is one way to name an entity of a library.
type IdentityItem struct {
	Scheme   string   `json:"scheme"`
	Elements []string `json:"elements"`
}

// ElementItem is one element. 数据元
type ElementItem struct {
	Name       string     `json:"name"`
	ZH         string     `json:"zh"`
	EN         string     `json:"en,omitempty"`
	Type       string     `json:"type"`
	Codes      string     `json:"codes,omitempty"`
	Scheme     string     `json:"scheme,omitempty"`
	Definition string     `json:"definition,omitempty"`
	Level      int        `json:"level"`
	Personal   bool       `json:"personal"`
	Authority  [][]string `json:"authority"`
	Strict     bool       `json:"strict"`
}

// WhoAmIAnswer is the caller and what it may do.
type WhoAmIAnswer struct {
	ID         string      `json:"id"`
	Client     string      `json:"client"`
	Name       string      `json:"name"`
	Role       string      `json:"role"`
	Department string      `json:"department,omitempty"`
	Level      int         `json:"level,omitzero" doc:"Highest level of an element that this key may see, whatever its grants say; none: any"`
	Grants     []GrantItem `json:"grants"`
}

// GrantItem is one grant of the caller.
type GrantItem struct {
	ID         string            `json:"id"`
	Library    string            `json:"library"`
	Operations []string          `json:"operations"`
	Purposes   []string          `json:"purposes"`
	NeedsCase  bool              `json:"needs_case"`
	OwnFeeds   bool              `json:"own_feeds"`
	Level      int               `json:"level" doc:"Highest level of its elements"`
	Columns    map[string]string `json:"columns" doc:"Element to verify, mask or clear"`
}

func (s *Server) catalogRoutes() {
	register(s, operation{id: "catalog", method: http.MethodGet, path: "/api/v1/catalog", kind: access.Catalogue, tag: "catalogue",
		summary: "The catalogue 目录", etag: true}, s.catalogAnswer)
	register(s, operation{id: "catalog-library", method: http.MethodGet, path: "/api/v1/catalog/libraries/{name}", kind: access.Catalogue, tag: "catalogue",
		summary: "A library with its elements 基础库", etag: true}, s.catalogLibrary)
	register(s, operation{id: "catalog-feed", method: http.MethodGet, path: "/api/v1/catalog/feeds/{name}", kind: access.Catalogue, tag: "catalogue",
		summary: "A feed with its contract 数据资源", etag: true}, s.catalogFeed)
	register(s, operation{id: "catalog-search", method: http.MethodGet, path: "/api/v1/catalog/search", kind: access.Catalogue, tag: "catalogue",
		summary: "Search elements, feeds, departments, libraries 检索目录", text: "By Chinese words, pinyin (xingming), initials (xm) or English."}, s.catalogSearch)
	register(s, operation{id: "policies", method: http.MethodGet, path: "/api/v1/catalog/policies", kind: access.Catalogue, tag: "catalogue", etag: true,
		summary: "Whose a library is, how far it is shared, by which ways 共享策略"}, func(_ context.Context, x *exchange, _ *none) (*PolicyPage, error) {
		if _, err := s.decide(x, access.Call{Operation: access.Catalogue}); err != nil {
			return nil, err
		}
		return &PolicyPage{Policies: append([]catalog.Policy{}, s.current().catalog.Governance.Policies...)}, nil
	})
	register(s, operation{id: "whoami", method: http.MethodGet, path: "/api/v1/whoami", kind: access.WhoAmI, tag: "access",
		summary: "Who you are and what you may do 我的授权"}, s.whoAmI)
}

func (s *Server) catalogAnswer(ctx context.Context, x *exchange, in *asOfInput) (*CatalogAnswer, error) {
	if _, err := s.decide(x, access.Call{Operation: access.Catalogue}); err != nil {
		return nil, err
	}
	c, err := s.asOf(ctx, in.AsOf)
	if err != nil {
		return nil, err
	}
	out := &CatalogAnswer{Name: c.Name, ZH: c.ZH, Digest: catalog.Digest(c), Departments: []DepartmentItem{}, Feeds: []FeedItem{}, Libraries: []LibraryItem{}}
	for _, d := range c.Departments {
		out.Departments = append(out.Departments, DepartmentItem{Code: d.Code, ZH: d.ZH, EN: d.EN, Tier: d.Tier, Jurisdiction: d.Jurisdiction})
	}
	for i := range c.Feeds {
		out.Feeds = append(out.Feeds, feedItem(&c.Feeds[i]))
	}
	for _, l := range c.Libraries {
		out.Libraries = append(out.Libraries, LibraryItem{Name: l.Name, ZH: l.ZH, EN: l.EN, Elements: len(l.Elements)})
	}
	return out, nil
}

func feedItem(f *catalog.Feed) FeedItem {
	item := FeedItem{Name: f.Name, Department: f.Department, ZH: f.ZH, EN: f.EN, Topic: f.Topic, Cycle: f.Cycle, Libraries: []string{}}
	for _, c := range f.Claims {
		if !slices.Contains(item.Libraries, c.Library) {
			item.Libraries = append(item.Libraries, c.Library)
		}
	}
	return item
}

func (s *Server) catalogLibrary(ctx context.Context, x *exchange, in *nameInput) (*LibraryAnswer, error) {
	if _, err := s.decide(x, access.Call{Operation: access.Catalogue}); err != nil {
		return nil, err
	}
	c, err := s.asOf(ctx, in.AsOf)
	if err != nil {
		return nil, err
	}
	l := c.Library(in.Name)
	if l == nil {
		return nil, problem(x.lang, codeNotFound)
	}
	out := &LibraryAnswer{Name: l.Name, ZH: l.ZH, EN: l.EN}
	for _, i := range l.Identity {
		out.Identity = append(out.Identity, IdentityItem(i))
	}
	for _, e := range l.Elements {
		item := ElementItem{Name: e.Name, ZH: e.ZH, EN: e.EN, Type: e.Type, Codes: e.Codes, Scheme: e.Scheme, Definition: e.Definition,
			Level: e.Level, Personal: e.Personal, Strict: e.Strict}
		for _, r := range e.Authority {
			item.Authority = append(item.Authority, r)
		}
		out.Elements = append(out.Elements, item)
	}
	return out, nil
}

func (s *Server) catalogFeed(ctx context.Context, x *exchange, in *nameInput) (*catalog.Feed, error) {
	if _, err := s.decide(x, access.Call{Operation: access.Catalogue}); err != nil {
		return nil, err
	}
	c, err := s.asOf(ctx, in.AsOf)
	if err != nil {
		return nil, err
	}
	f := c.Feed(in.Name)
	if f == nil {
		return nil, problem(x.lang, codeNotFound)
	}
	return f, nil
}

// PolicyPage lists the policies by which applications are judged.
type PolicyPage struct {
	Policies []catalog.Policy `json:"policies" nullable:"false"`
}

type searchCatalogInput struct {
	Query string `query:"q" required:"true" minLength:"1" maxLength:"60"`
	Limit int    `query:"limit" minimum:"1" maximum:"200" default:"30"`
}

// CatalogHits is what a search of the catalogue finds, the best first.
type CatalogHits struct {
	Hits []catalog.Hit `json:"hits" nullable:"false"`
}

func (s *Server) catalogSearch(_ context.Context, x *exchange, in *searchCatalogInput) (*CatalogHits, error) {
	if _, err := s.decide(x, access.Call{Operation: access.Catalogue}); err != nil {
		return nil, err
	}
	return &CatalogHits{Hits: append([]catalog.Hit{}, s.current().index().Search(in.Query, in.Limit)...)}, nil
}

func (s *Server) whoAmI(_ context.Context, x *exchange, _ *none) (*WhoAmIAnswer, error) {
	if _, err := s.decide(x, access.Call{Operation: access.WhoAmI}); err != nil {
		return nil, err
	}
	p := x.caller
	out := &WhoAmIAnswer{ID: p.ID, Client: p.Client, Name: p.Name, Role: p.Role, Department: p.Department, Level: p.Level, Grants: []GrantItem{}}
	for _, g := range x.grants() {
		if g.Revoked {
			continue
		}
		item := GrantItem{ID: g.ID, Library: g.Library, Purposes: g.Purposes, NeedsCase: g.NeedsCase, OwnFeeds: g.OwnFeeds, Columns: map[string]string{}}
		for _, op := range g.Operations {
			item.Operations = append(item.Operations, string(op))
		}
		lib := s.current().catalog.Library(g.Library)
		for name, t := range g.Columns {
			if t == access.None || lib == nil || lib.Element(name) == nil || p.Level > 0 && lib.Element(name).Level > p.Level {
				continue
			}
			item.Columns[name] = t.String()
			item.Level = max(item.Level, lib.Element(name).Level)
		}
		out.Grants = append(out.Grants, item)
	}
	return out, nil
}
