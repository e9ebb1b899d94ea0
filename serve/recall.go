package serve

import (
	"context"
	"fmt"
	"hash/fnv"
	"net/http"
	"slices"
	"time"

	"github.com/ClickHouse/clickhouse-go/v2"

	"wuku/entity"
	"wuku/serve/access"
	"wuku/trust"
)

// recallEvery is how often new changes are compared with what was read before them.
const recallEvery = 5 * time.Second

// recallPage is how many changes are compared at once, and recallReads with how many answers: an answer may be a page of an export, of a
// thousand people.
const (
	recallPage  = 1000
	recallReads = 200
)

// Recall says that a client received something that was corrected afterwards. 更正通知
type Recall struct {
	ID           string           `json:"id"`
	Library      string           `json:"library"`
	Seq          uint64           `json:"seq" doc:"Number of the change"`
	Entity       string           `json:"entity"`
	Kind         string           `json:"kind" doc:"updated, removed, merged or split"`
	Client       string           `json:"client"`
	Grant        string           `json:"grant"`
	Purpose      string           `json:"purpose"`
	Case         string           `json:"case,omitempty"`
	Log          string           `json:"log"`
	Leaf         uint64           `json:"leaf" doc:"The answer in the audit log that gave it away"`
	Elements     []string         `json:"elements" nullable:"false" doc:"What was received and has changed"`
	ReadAt       time.Time        `json:"read_at"`
	Changed      time.Time        `json:"changed"`
	Acknowledged *access.Approval `json:"acknowledged,omitempty"`
}

// RecallPage is a page of recalls.
type RecallPage struct {
	Recalls []Recall `json:"recalls" nullable:"false"`
	Next    string   `json:"next,omitempty" doc:"Send it as after to read on"`
}

type recallsInput struct {
	After string `query:"after" maxLength:"60"`
	Limit int    `query:"limit" minimum:"1" maximum:"1000" default:"100"`
	Open  bool   `query:"open" doc:"Only those that are not acknowledged"`
}

func (s *Server) recallRoutes() {
	if s.copy == nil {
		return
	}
	register(s, operation{id: "recalls", method: http.MethodGet, path: "/api/v1/recalls", kind: access.Recalls, tag: "base libraries",
		summary: "What you received and was corrected afterwards 更正通知", text: "Look the entity up again, then acknowledge. All clients' for stewards and auditors."}, s.recalls)
	register(s, operation{id: "acknowledge", method: http.MethodPost, path: "/api/v1/recalls/{id}/acknowledgement", kind: access.Recalls, tag: "base libraries",
		summary: "Acknowledge a recall 确认更正"}, s.acknowledge)
}

// theirs is the client whose things a caller may see; "": everybody's.
func theirs(x *exchange) string {
	if x.caller.Role == trust.RoleSteward || x.caller.Role == trust.RoleAuditor {
		return ""
	}
	return x.caller.Client
}

func (s *Server) recalls(ctx context.Context, x *exchange, in *recallsInput) (*RecallPage, error) {
	if _, err := s.decide(x, access.Call{Operation: access.Recalls}); err != nil {
		return nil, err
	}
	page := &RecallPage{Recalls: []Recall{}}
	n := 0
	err := s.eachRecall(ctx, theirs(x), in.After, in.Limit, func(r Recall) {
		n++
		page.Next = r.ID
		if a, done := x.book.Acknowledged[r.ID]; done {
			r.Acknowledged = &a
		}
		if !in.Open || r.Acknowledged == nil {
			page.Recalls = append(page.Recalls, r)
		}
	})
	if n < in.Limit {
		page.Next = ""
	}
	return page, err
}

func (s *Server) eachRecall(ctx context.Context, client, after string, limit int, each func(Recall)) error {
	return s.cfg.Tables.Query(ctx, "query/serve_recalls", nil, func(scan func(...any) error) error {
		var r Recall
		var id entity.ID
		err := scan(&r.ID, &r.Library, &r.Seq, &id, &r.Kind, &r.Client, &r.Grant, &r.Purpose, &r.Case, &r.Log, &r.Leaf, &r.Elements, &r.ReadAt, &r.Changed)
		r.Entity = id.String()
		each(r)
		return err
	}, clickhouse.Named("client", client), clickhouse.Named("after", after), clickhouse.Named("limit", uint64(limit)))
}

func (s *Server) acknowledge(ctx context.Context, x *exchange, in *voteInput) (*Done, error) {
	if _, err := s.decide(x, access.Call{Operation: access.Recalls}); err != nil {
		return nil, err
	}
	mine := false
	err := s.eachRecall(ctx, x.caller.Client, in.ID[:max(len(in.ID)-1, 0)], 1000, func(r Recall) { mine = mine || r.ID == in.ID })
	if err != nil {
		return nil, err
	}
	if !mine {
		return nil, problem(x.lang, codeNotFound)
	}
	return &Done{ID: in.ID, Done: true}, s.cfg.Access.Acknowledge(ctx, x.caller, in.ID, in.Body.Reason)
}

// changedEntity is one change of what was there before.
type changedEntity struct {
	seq      uint64
	id       entity.ID
	kind     string
	elements []string
	at       time.Time
}

// runRecalls compares changes with reads until ctx ends.
func (s *Server) runRecalls(ctx context.Context) {
	tick := time.NewTicker(recallEvery)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		for _, library := range entity.Libraries {
			if err := s.recall(ctx, library); err != nil && ctx.Err() == nil {
				s.cfg.Log.Error("recall", "library", library, "error", cause(err))
			}
		}
	}
}

// recall brings the recalls of a library up to its last finished cycle.
func (s *Server) recall(ctx context.Context, library string) error {
	var mark, head uint64
	lib := clickhouse.Named("library", library)
	one := func(into *uint64) func(scan func(...any) error) error {
		return func(scan func(...any) error) error { return scan(into) }
	}
	if err := s.cfg.Tables.Query(ctx, "query/serve_recall_mark", nil, one(&mark), lib); err != nil {
		return err
	}
	if err := s.cfg.Tables.Query(ctx, "query/serve_head", nil, one(&head), lib); err != nil {
		return err
	}
	for mark < head {
		if err := s.copy.sync(ctx); err != nil { // what was read before the change must be in the copy
			return err
		}
		var changes []changedEntity
		err := s.cfg.Tables.Query(ctx, "query/serve_recall_events", nil, func(scan func(...any) error) error {
			var c changedEntity
			err := scan(&c.seq, &c.id, &c.kind, &c.elements, &c.at)
			changes = append(changes, c)
			return err
		}, lib, clickhouse.Named("after", mark), clickhouse.Named("head", head), clickhouse.Named("limit", uint64(recallPage)))
		if err != nil {
			return err
		}
		if mark = head; len(changes) == recallPage {
			mark = changes[len(changes)-1].seq
		}
		if err := s.recallPage(ctx, library, changes); err != nil {
			return err
		}
		if err := s.cfg.Tables.Append(ctx, "query/serve_recall_marked", nil, [][]any{{library, mark}}); err != nil {
			return err
		}
	}
	return nil
}

// recallPage finds who read what has changed and writes it down. Ids are made of change and answer: a repeat is the same recall.
func (s *Server) recallPage(ctx context.Context, library string, changes []changedEntity) error {
	if len(changes) == 0 {
		return nil
	}
	bySubject := map[string][]changedEntity{}
	subjects := make([]string, 0, len(changes))
	for _, c := range changes {
		name := s.subject(c.id)
		if bySubject[name] == nil {
			subjects = append(subjects, name)
		}
		bySubject[name] = append(bySubject[name], c)
	}
	log, leaf := "", uint64(0)
	for n := recallReads; n == recallReads; {
		n = 0
		var rows [][]any
		err := s.cfg.Tables.Query(ctx, "query/serve_recall_reads", nil, func(scan func(...any) error) error {
			var r Recall
			var about, columns []string
			if err := scan(&r.Log, &r.Leaf, &r.ReadAt, &r.Client, &r.Grant, &r.Case, &r.Purpose, &about, &columns); err != nil {
				return err
			}
			n, log, leaf = n+1, r.Log, r.Leaf
			for _, subject := range about {
				for _, c := range bySubject[subject] {
					if row := recallRow(library, c, r, columns); row != nil {
						rows = append(rows, row)
					}
				}
			}
			return nil
		}, clickhouse.Named("library", library), clickhouse.Named("until", changes[len(changes)-1].at), clickhouse.Named("subjects", subjects),
			clickhouse.Named("log", log), clickhouse.Named("leaf", leaf), clickhouse.Named("limit", uint64(recallReads)))
		if err != nil {
			return err
		}
		if len(rows) == 0 {
			continue
		}
		if err := s.cfg.Tables.Append(ctx, "query/serve_recall_add", nil, rows); err != nil {
			return err
		}
		s.metrics.recalls.Add(float64(len(rows)))
	}
	return nil
}

// recallRow is the recall of one change for one answer; nil when the answer came after it or held nothing of it.
func recallRow(library string, c changedEntity, r Recall, columns []string) []any {
	both := []string{}
	for _, e := range columns {
		if c.kind != "updated" || slices.Contains(c.elements, e) {
			both = append(both, e)
		}
	}
	if len(both) == 0 || !r.ReadAt.Before(c.at) {
		return nil
	}
	h := fnv.New64a()
	fmt.Fprintf(h, "%s/%d/%s/%d", library, c.seq, r.Log, r.Leaf)
	id := fmt.Sprintf("r%d-%016x", c.at.Unix(), h.Sum64())
	return []any{id, library, c.seq, c.id, c.kind, r.Client, r.Grant, r.Purpose, r.Case, r.Log, r.Leaf, both, r.ReadAt, c.at}
}
