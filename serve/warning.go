package serve

import (
	"context"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/google/uuid"

	"wuku/entity"
	"wuku/serve/access"
	"wuku/serve/read"
	"wuku/trust"
)

// Warnings keeps what is watched for; cmd ties it to quality.Watch. A warning that is not there is read.ErrNotFound.
type Warnings interface {
	List(ctx context.Context, q WarningQuery) ([]Warning, error)
	History(ctx context.Context, id entity.ID) ([]Warning, error)
	Judge(ctx context.Context, id entity.ID, by, judgement, note string) (Warning, error)
	Figures(ctx context.Context) ([]WarningFigures, error)
}

// WarningQuery chooses warnings, the newest first.
type WarningQuery struct {
	ID       string
	State    string
	Names    []string
	Areas    bool // only those of areas
	Before   uint64
	BeforeID string
	Limit    int
}

// Warning is a warning after an event. It names entities by their ids, and areas; what an entity is, a lookup under a grant tells. 预警
type Warning struct {
	ID        entity.ID `json:"id"`
	N         uint32    `json:"n" doc:"Number of the event"`
	Action    string    `json:"action" doc:"raise, withdraw, expire or ack"`
	By        string    `json:"by"`
	Note      string    `json:"note,omitempty"`
	At        time.Time `json:"at"`
	Stamp     uint64    `json:"-"`
	Library   string    `json:"library"`
	Name      string    `json:"warning"`
	Level     string    `json:"level" doc:"red, orange, yellow or blue"`
	Entity    entity.ID `json:"entity,omitzero"`
	Other     entity.ID `json:"other,omitzero" doc:"The related entity"`
	Area      string    `json:"area,omitempty" doc:"Division code or H3 cell, of a warning that counts"`
	Figure    uint64    `json:"figure,omitzero" doc:"The count"`
	State     string    `json:"state" doc:"open or ended"`
	Outcome   string    `json:"outcome,omitempty" doc:"withdrawn: its cause is gone; expired: its term has passed"`
	Judgement string    `json:"judgement,omitempty" doc:"useful or false"`
	Round     uint32    `json:"round"`
	Raised    time.Time `json:"raised"`
	Ends      time.Time `json:"ends,omitzero"`
}

// WarningItem is a warning with what its declaration says.
type WarningItem struct {
	Warning
	ZH       string   `json:"zh"`
	EN       string   `json:"en"`
	Hint     string   `json:"hint"`
	Audience []string `json:"audience" nullable:"false"`
}

// WarningPage is a page of warnings.
type WarningPage struct {
	Warnings []WarningItem `json:"warnings" nullable:"false"`
	Next     string        `json:"next,omitempty" doc:"Send it as after to read on"`
}

// WarningHistory is one warning with all its events.
type WarningHistory struct {
	WarningItem
	Events []Warning `json:"events" nullable:"false"`
}

// WarningFigures is how the warnings of one declaration have done.
type WarningFigures struct {
	Name   string `json:"warning"`
	Raised uint64 `json:"raised" doc:"Each time the cause came"`
	Open   uint64 `json:"open"`
	Useful uint64 `json:"useful"`
	False  uint64 `json:"false"`
}

// WarningPrecision is the figures of one declaration with the share of useful ones among those that were judged.
type WarningPrecision struct {
	WarningFigures
	Precision *float64 `json:"precision" doc:"useful / (useful + false); null while nobody has judged one"`
}

// WarningPrecisions lists them.
type WarningPrecisions struct {
	Figures []WarningPrecision `json:"figures" nullable:"false"`
}

type warningsInput struct {
	State string `query:"state" enum:"open,ended,all" default:"open"`
	Name  string `query:"warning" maxLength:"63" doc:"Only of this declaration"`
	After string `query:"after" maxLength:"80" doc:"What next was on the page before"`
	Limit int    `query:"limit" minimum:"1" maximum:"1000" default:"100"`
}

type warningInput struct {
	ID string `path:"id" maxLength:"36"`
}

type judgeInput struct {
	ID   string `path:"id" maxLength:"36"`
	Body struct {
		Judgement string `json:"judgement" enum:"useful,false" doc:"Whether the warning was of use; a second one corrects the first"`
		Note      string `json:"note,omitempty" maxLength:"500" doc:"Why; it stands in the history. No personal values"`
	}
}

func (s *Server) warningRoutes() {
	if s.cfg.Warnings == nil {
		return
	}
	const tag = "warnings"
	register(s, operation{id: "warnings", method: http.MethodGet, path: "/api/v1/warnings", kind: access.Warnings, tag: tag, summary: "What stands and what stood 监测预警",
		text: "Of a department: those that it is the audience of. Of planners: those that count by area. Stewards see all. The same events stand on the topic wuku.alerts."}, s.warnings)
	register(s, operation{id: "warning-precision", method: http.MethodGet, path: "/api/v1/warnings/precision", kind: access.Warnings, tag: tag, summary: "How warnings have done 预警准确率"}, s.warningPrecision)
	register(s, operation{id: "warning", method: http.MethodGet, path: "/api/v1/warnings/{id}", kind: access.Warnings, tag: tag, summary: "One warning with its events"}, s.warning)
	register(s, operation{id: "warning-ack", method: http.MethodPost, path: "/api/v1/warnings/{id}/ack", kind: access.WarningAck, tag: tag, summary: "Acknowledge and judge 研判"}, s.judgeWarning)
}

// theirWarnings are the declarations that a caller may see; areas says that only those that count may be seen.
func (s *Server) theirWarnings(x *exchange) (names []string, areas bool) {
	for _, w := range s.current().catalog.Warnings {
		switch x.caller.Role {
		case trust.RoleDepartment:
			if !slices.Contains(w.Audience, x.caller.Department) {
				continue
			}
		case trust.RolePlanner:
			if w.Count == nil {
				continue
			}
		}
		names = append(names, w.Name)
	}
	return names, x.caller.Role == trust.RolePlanner
}

func (s *Server) warnings(ctx context.Context, x *exchange, in *warningsInput) (*WarningPage, error) {
	if _, err := s.decide(x, access.Call{Operation: access.Warnings}); err != nil {
		return nil, err
	}
	page := &WarningPage{Warnings: []WarningItem{}}
	q := WarningQuery{State: strings.TrimPrefix(in.State, "all"), Limit: in.Limit}
	q.Names, q.Areas = s.theirWarnings(x)
	if in.Name != "" {
		q.Names = slices.DeleteFunc(q.Names, func(n string) bool { return n != in.Name })
	}
	if len(q.Names) == 0 {
		return page, nil
	}
	if in.After != "" {
		stamp, id, _ := strings.Cut(in.After, "/")
		at, err := strconv.ParseUint(stamp, 10, 64)
		if _, err2 := uuid.Parse(id); err != nil || err2 != nil {
			return nil, problem(x.lang, codeRequest).at("query.after", "invalid")
		}
		q.Before, q.BeforeID = at, id
	}
	list, err := s.cfg.Warnings.List(ctx, q)
	if err != nil {
		return nil, err
	}
	for _, w := range list {
		w.Note = ""
		page.Warnings = append(page.Warnings, s.told(w))
	}
	if n := len(list); n == in.Limit {
		page.Next = strconv.FormatUint(list[n-1].Stamp, 10) + "/" + list[n-1].ID.String()
	}
	x.leaf.Count = len(list)
	return page, nil
}

// told is a warning with what its declaration says; one that is declared no more has its name alone.
func (s *Server) told(w Warning) WarningItem {
	item := WarningItem{Warning: w, Audience: []string{}}
	if d := s.current().catalog.Warning(w.Name); d != nil {
		item.ZH, item.EN, item.Hint, item.Audience = d.ZH, d.EN, d.Hint, d.Audience
	}
	return item
}

// oneWarning finds a warning that the caller may see.
func (s *Server) oneWarning(ctx context.Context, x *exchange, text string) (entity.ID, error) {
	id, err := uuid.Parse(text)
	if err != nil || len(text) != 36 {
		return id, problem(x.lang, codeRequest).at("path.id", "invalid")
	}
	q := WarningQuery{ID: id.String(), Limit: 1}
	if q.Names, q.Areas = s.theirWarnings(x); len(q.Names) == 0 {
		return id, read.ErrNotFound
	}
	list, err := s.cfg.Warnings.List(ctx, q)
	if err == nil && len(list) == 0 {
		err = read.ErrNotFound
	}
	return id, err
}

func (s *Server) warning(ctx context.Context, x *exchange, in *warningInput) (*WarningHistory, error) {
	if _, err := s.decide(x, access.Call{Operation: access.Warnings}); err != nil {
		return nil, err
	}
	id, err := s.oneWarning(ctx, x, in.ID)
	if err != nil {
		return nil, err
	}
	events, err := s.cfg.Warnings.History(ctx, id)
	if err == nil && len(events) == 0 {
		err = read.ErrNotFound
	}
	if err != nil {
		return nil, err
	}
	x.leaf.Count = 1
	return &WarningHistory{WarningItem: s.told(events[len(events)-1]), Events: events}, nil
}

func (s *Server) judgeWarning(ctx context.Context, x *exchange, in *judgeInput) (*WarningItem, error) {
	if _, err := s.decide(x, access.Call{Operation: access.WarningAck}); err != nil {
		return nil, err
	}
	id, err := s.oneWarning(ctx, x, in.ID)
	if err != nil {
		return nil, err
	}
	if err := impersonal(x, "body.note", in.Body.Note); err != nil {
		return nil, err
	}
	by := x.caller.Department
	if by == "" {
		by = x.caller.Role
	}
	w, err := s.cfg.Warnings.Judge(ctx, id, by, in.Body.Judgement, in.Body.Note)
	if err != nil {
		return nil, err
	}
	item := s.told(w)
	return &item, nil
}

func (s *Server) warningPrecision(ctx context.Context, x *exchange, _ *struct{}) (*WarningPrecisions, error) {
	if _, err := s.decide(x, access.Call{Operation: access.Warnings}); err != nil {
		return nil, err
	}
	names, _ := s.theirWarnings(x)
	list, err := s.cfg.Warnings.Figures(ctx)
	if err != nil {
		return nil, err
	}
	out := &WarningPrecisions{Figures: []WarningPrecision{}}
	for _, f := range list {
		if !slices.Contains(names, f.Name) {
			continue
		}
		p := WarningPrecision{WarningFigures: f}
		if judged := f.Useful + f.False; judged > 0 {
			share := float64(f.Useful) / float64(judged)
			p.Precision = &share
		}
		out.Figures = append(out.Figures, p)
	}
	return out, nil
}
