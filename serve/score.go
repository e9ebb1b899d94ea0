package serve

import (
	"context"
	"net/http"
	"slices"
	"time"

	"wuku/catalog"
	"wuku/serve/access"
	"wuku/trust"
)

// Appraisal works out scores and bulletins; package quality has one, and cmd/wuku puts it here.
type Appraisal interface {
	// Scorecards is every department's, ranked, in the month that is going on, and as of when. What takes long may be of a while ago.
	Scorecards(ctx context.Context) ([]Scorecard, time.Time, error)
	// Computed is one department's scorecard with every figure that it is made of, as of the same time, or ErrNone.
	Computed(ctx context.Context, department string) (*ComputedScore, error)
	// Bulletins lists published periods, the latest first.
	Bulletins(ctx context.Context) ([]BulletinItem, error)
	// Bulletin is the file of a published period in a form, json, html or sig (the signature of the JSON), with its name; or ErrNone.
	Bulletin(ctx context.Context, period, form string) (name string, content []byte, err error)
	// Publish works a period out and keeps it; ErrUnfit for what is no period.
	Publish(ctx context.Context, period string) (*BulletinItem, error)
}

// Scorecard is one department's line of the appraisal. Values are in millionths; -1: nothing to count. 评分卡
type Scorecard struct {
	Rank        int              `json:"rank" doc:"0: not ranked, since there is nothing to count"`
	Department  string           `json:"department"`
	ZH          string           `json:"zh"`
	Index       int64            `json:"index" doc:"综合指数, in millionths"`
	Grade       string           `json:"grade" doc:"优 良 中 差"`
	Connection  int64            `json:"connection" doc:"挂接率"`
	Update      int64            `json:"update" doc:"更新状况"`
	Quality     int64            `json:"quality" doc:"数据质量"`
	Closure     int64            `json:"closure" doc:"整改时效"`
	Dimensions  map[string]int64 `json:"dimensions" doc:"The six of GB/T 36344"`
	FourQuality map[string]int64 `json:"qualities" doc:"真实性 准确性 完整性 时效性"`
	Open        uint64           `json:"open" doc:"Work orders that stand open"`
	Overdue     uint64           `json:"overdue"`
	Mended      uint64           `json:"mended"`
	Disputed    uint64           `json:"disputed"`
	Before      int64            `json:"before" doc:"The index of the period before; -1: none"`
	Trend       int64            `json:"trend"`
}

// ScorecardPage lists scorecards.
type ScorecardPage struct {
	AsOf       time.Time   `json:"as_of" doc:"When they were worked out"`
	Scorecards []Scorecard `json:"scorecards" nullable:"false"`
}

// ComputedScore is a scorecard with how it is worked out.
type ComputedScore struct {
	Scorecard
	AsOf    time.Time     `json:"as_of" doc:"When it was worked out"`
	Weights []ScoreWeight `json:"weights" nullable:"false" doc:"What of what the index is made, in thousandths"`
	Figures []ScoreFigure `json:"figures" nullable:"false"`
	Of      int           `json:"of" doc:"How many departments are ranked"`
}

// ScoreWeight is the share of an indicator in the index.
type ScoreWeight struct {
	Indicator string `json:"indicator"`
	Weight    int    `json:"weight"`
}

// ScoreFigure is one indicator: A of B, the formula, the result in millionths. 指标
type ScoreFigure struct {
	Indicator string `json:"indicator"`
	ZH        string `json:"zh"`
	EN        string `json:"en"`
	Formula   string `json:"formula"`
	Version   int    `json:"version" doc:"Of the formula"`
	A         uint64 `json:"a"`
	B         uint64 `json:"b"`
	Value     int64  `json:"value" doc:"Millionths, rounded down; -1: nothing to count"`
}

// BulletinItem is a published period. 通报
type BulletinItem struct {
	Period     string    `json:"period"`
	Edition    uint32    `json:"edition"`
	Published  time.Time `json:"published"`
	Figures    string    `json:"figures" doc:"SHA-256 of all figures: wuku bulletin check works it out again"`
	Count      int       `json:"count"`
	Praised    []string  `json:"praised" nullable:"false"`
	Admonished []string  `json:"admonished" nullable:"false"`
}

// BulletinPage lists bulletins.
type BulletinPage struct {
	Bulletins []BulletinItem `json:"bulletins" nullable:"false"`
}

type bulletinInput struct {
	Period string `path:"period" maxLength:"10" pattern:"^[0-9]{4}(-[0-9]{2}|Q[1-4])?$"`
	Form   string `query:"form" enum:"json,html,sig" default:"json" doc:"sig: the signature of the JSON, for wuku bulletin verify"`
}

// BulletinBody names a period to publish.
type BulletinBody struct {
	Period string `json:"period" maxLength:"10" pattern:"^[0-9]{4}(-[0-9]{2}|Q[1-4])?$" doc:"2026-10, 2026Q4 or 2026"`
}

type bulletinPublishInput struct {
	Key  string `header:"Idempotency-Key" maxLength:"100"`
	Body BulletinBody
}

type departmentInput struct {
	Department string `path:"department" maxLength:"60"`
}

func (s *Server) scoreRoutes() {
	if s.cfg.Appraisal == nil {
		return
	}
	const tag = "quality"
	register(s, operation{id: "scorecards", method: http.MethodGet, path: "/api/v1/scorecards", kind: access.Scorecards, tag: tag,
		summary: "Scorecards of the month that is going on 评分卡", text: "Your own department's; all for stewards, auditors and operators. Published months are in bulletins."}, s.scorecards)
	register(s, operation{id: "scorecard", method: http.MethodGet, path: "/api/v1/scorecards/{department}", kind: access.Scorecards, tag: tag,
		summary: "A scorecard and how it is computed 评分的计算", text: "Every figure with its counts, its formula and its weight."}, s.scorecard)
	register(s, operation{id: "bulletins", method: http.MethodGet, path: "/api/v1/bulletins", kind: access.Bulletins, tag: tag,
		summary: "Published bulletins 通报"}, func(ctx context.Context, x *exchange, _ *none) (*BulletinPage, error) {
		if _, err := s.decide(x, access.Call{Operation: access.Bulletins}); err != nil {
			return nil, err
		}
		list, err := s.cfg.Appraisal.Bulletins(ctx)
		return &BulletinPage{Bulletins: append([]BulletinItem{}, list...)}, err
	})
	register(s, operation{id: "bulletin", method: http.MethodGet, path: "/api/v1/bulletins/{period}", kind: access.Bulletins, tag: tag, media: "application/json,text/html,text/plain",
		summary: "The bulletin of a period 通报", text: "As it was signed: JSON, a page, or the signature."}, s.bulletin)
	register(s, operation{id: "bulletin-publish", method: http.MethodPost, path: "/api/v1/bulletins", kind: access.Bulletining, tag: tag, status: http.StatusCreated,
		summary: "Publish the bulletin of a period 发布通报", text: "A period that was published gets another edition; the older one stays."}, s.publishBulletin)
}

func (s *Server) scorecards(ctx context.Context, x *exchange, _ *none) (*ScorecardPage, error) {
	if _, err := s.decide(x, access.Call{Operation: access.Scorecards}); err != nil {
		return nil, err
	}
	all, at, err := s.cfg.Appraisal.Scorecards(ctx)
	if err != nil {
		return nil, err
	}
	page := &ScorecardPage{AsOf: at, Scorecards: []Scorecard{}}
	for _, c := range all {
		if x.caller.Role != trust.RoleDepartment || c.Department == x.caller.Department {
			page.Scorecards = append(page.Scorecards, c)
		}
	}
	x.leaf.Count = len(page.Scorecards)
	return page, nil
}

func (s *Server) scorecard(ctx context.Context, x *exchange, in *departmentInput) (*ComputedScore, error) {
	if _, err := s.decide(x, access.Call{Operation: access.Scorecards}); err != nil {
		return nil, err
	}
	if x.caller.Role == trust.RoleDepartment && in.Department != x.caller.Department || !slices.ContainsFunc(s.current().catalog.Departments, func(d catalog.Department) bool { return d.Code == in.Department }) {
		return nil, ErrNone
	}
	return s.cfg.Appraisal.Computed(ctx, in.Department)
}

func (s *Server) bulletin(ctx context.Context, x *exchange, in *bulletinInput) (*document, error) {
	if _, err := s.decide(x, access.Call{Operation: access.Bulletins}); err != nil {
		return nil, err
	}
	name, content, err := s.cfg.Appraisal.Bulletin(ctx, in.Period, in.Form)
	if err != nil {
		return nil, err
	}
	media := map[string]string{"json": "application/json", "html": "text/html; charset=utf-8", "sig": "text/plain; charset=utf-8"}[in.Form]
	return &document{media: media, name: name, body: content}, nil
}

func (s *Server) publishBulletin(ctx context.Context, x *exchange, in *bulletinPublishInput) (*BulletinItem, error) {
	if _, err := s.decide(x, access.Call{Operation: access.Bulletining}); err != nil {
		return nil, err
	}
	return once(ctx, s, x, in.Key, in.Body, func() (*BulletinItem, string, error) {
		b, err := s.cfg.Appraisal.Publish(ctx, in.Body.Period)
		return b, in.Body.Period, err
	}, func(period string) (*BulletinItem, error) {
		list, err := s.cfg.Appraisal.Bulletins(ctx)
		if i := slices.IndexFunc(list, func(b BulletinItem) bool { return b.Period == period }); err == nil && i >= 0 {
			return &list[i], nil
		}
		return nil, ErrNone
	})
}
