package serve

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"time"

	"github.com/ClickHouse/clickhouse-go/v2"

	"wuku/catalog"
	"wuku/entity"
	"wuku/serve/access"
	"wuku/serve/read"
	"wuku/trust"
)

// UsageRow is what one grant was used for on one day. 计量
type UsageRow struct {
	Day       string `json:"day" doc:"In Asia/Shanghai"`
	Client    string `json:"client"`
	Grant     string `json:"grant"`
	Operation string `json:"operation"`
	Calls     uint64 `json:"calls"`
	Refused   uint64 `json:"refused" doc:"Calls that were denied or failed"`
	Answered  uint64 `json:"answered" doc:"Entities in the answers"`
	Entities  uint64 `json:"entities" doc:"Distinct ones"`
}

// UsageAnswer is the usage of grants.
type UsageAnswer struct {
	Days  int        `json:"days"`
	Usage []UsageRow `json:"usage" nullable:"false"`
}

type usageInput struct {
	Days int `query:"days" minimum:"1" maximum:"400" default:"30"`
}

// ReadersBody asks who received something about somebody. It goes by a body: it names a person.
type ReadersBody struct {
	By      By     `json:"by"`
	Library string `json:"library" maxLength:"40"`
	Reason  string `json:"reason" minLength:"2" maxLength:"500" doc:"Whose request it is, without a name"`
	Case    string `json:"case,omitempty" maxLength:"100"`
}

type readersInput struct{ Body ReadersBody }

// Reading is one answer about a person. 查阅记录
type Reading struct {
	Log       string    `json:"log" doc:"Which audit log"`
	Leaf      uint64    `json:"leaf" doc:"Its place there: GET /api/v1/audit/inclusion proves it"`
	Time      time.Time `json:"time"`
	Client    string    `json:"client"`
	Role      string    `json:"role"`
	Operation string    `json:"operation"`
	Grant     string    `json:"grant,omitempty"`
	Case      string    `json:"case,omitempty"`
	Purpose   string    `json:"purpose,omitempty"`
	Library   string    `json:"library"`
	Elements  []string  `json:"elements" nullable:"false"`
	Decision  string    `json:"decision"`
}

// ReadersAnswer lists who received what about somebody, the newest first.
type ReadersAnswer struct {
	Readings []Reading `json:"readings" nullable:"false"`
}

const maxReadings = 10_000

func (s *Server) usageRoutes() {
	if s.copy == nil {
		return
	}
	register(s, operation{id: "usage", method: http.MethodGet, path: "/api/v1/usage", kind: access.Usage, tag: tagAccess,
		summary: "What your grants were used for 用量", text: "All clients' for stewards, operators and auditors."}, s.usage)
	register(s, operation{id: "readers", method: http.MethodPost, path: "/api/v1/readers", kind: access.Readers, tag: "audit",
		summary: "Who has read somebody's data 谁查阅过我的数据", text: "For an auditor who answers a citizen's request. Refused calls are listed too."}, s.readers)
}

func (s *Server) usage(ctx context.Context, x *exchange, in *usageInput) (*UsageAnswer, error) {
	if _, err := s.decide(x, access.Call{Operation: access.Usage}); err != nil {
		return nil, err
	}
	client := x.caller.Client
	if slices.Contains([]string{trust.RoleSteward, trust.RoleOperator, trust.RoleAuditor}, x.caller.Role) {
		client = ""
	}
	if err := s.copy.sync(ctx); err != nil {
		return nil, err
	}
	out := &UsageAnswer{Days: in.Days, Usage: []UsageRow{}}
	err := s.cfg.Tables.Query(ctx, "query/serve_usage", nil, func(scan func(...any) error) error {
		var u UsageRow
		err := scan(&u.Day, &u.Client, &u.Grant, &u.Operation, &u.Calls, &u.Refused, &u.Answered, &u.Entities)
		out.Usage = append(out.Usage, u)
		return err
	}, clickhouse.Named("days", uint32(in.Days)), clickhouse.Named("client", client), clickhouse.Named("limit", uint64(maxReadings)))
	return out, err
}

func (s *Server) readers(ctx context.Context, x *exchange, in *readersInput) (*ReadersAnswer, error) {
	b := &in.Body
	d, err := s.decide(x, access.Call{Operation: access.Readers, Library: b.Library, Case: b.Case})
	if err != nil {
		return nil, err
	}
	lib := s.current().catalog.Library(b.Library)
	if lib == nil {
		return nil, problem(x.lang, codeNotFound)
	}
	subjects, err := s.subjectsOf(ctx, x, lib, d, b.By)
	if err != nil {
		return nil, err
	}
	if err := s.copy.sync(ctx); err != nil {
		return nil, err
	}
	out := &ReadersAnswer{Readings: []Reading{}}
	err = s.cfg.Tables.Query(ctx, "query/serve_readers", nil, func(scan func(...any) error) error {
		var r Reading
		err := scan(&r.Log, &r.Leaf, &r.Time, &r.Client, &r.Role, &r.Operation, &r.Grant, &r.Case, &r.Purpose, &r.Library, &r.Elements, &r.Decision)
		out.Readings = append(out.Readings, r)
		return err
	}, clickhouse.Named("subjects", subjects), clickhouse.Named("library", b.Library), clickhouse.Named("limit", uint64(maxReadings)))
	return out, err
}

// subjectsOf are the names in the audit log of somebody: of the entity and of every id that it answers to.
func (s *Server) subjectsOf(ctx context.Context, x *exchange, lib *catalog.Library, d access.Decision, by By) ([]string, error) {
	q, err := s.anchorOf(x, lib, by)
	if err != nil {
		return nil, err
	}
	x.leaf.Subject = s.subject(q.id)
	subjects := []string{s.subject(q.id)}
	r, err := s.reads.Entity(ctx, d, q.id)
	switch {
	case errors.Is(err, read.ErrNotFound): // gone, or never there: what was asked for it is still on the record
		return subjects, nil
	case err != nil:
		return nil, err
	}
	x.leaf.Subject, x.leaf.Count = s.subject(r.Entity), 1
	for _, id := range append([]entity.ID{r.Entity}, r.Anchors...) {
		if name := s.subject(id); !slices.Contains(subjects, name) {
			subjects = append(subjects, name)
		}
	}
	return subjects, nil
}
