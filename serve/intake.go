package serve

import (
	"context"
	"net/http"
	"time"

	"wuku/catalog"
	"wuku/serve/access"
	"wuku/trust"
)

// Intake takes departments' files; cmd/wuku puts package ingest here.
type Intake interface {
	// Try holds a file against a feed's contract; nothing is kept. ErrUnfit for what cannot be read as one.
	Try(ctx context.Context, feed *catalog.Feed, f File) (*Trial, error)
	// Publish sends a file's records to the feed's topic, and goes on where a receipt of the same content ends. ErrUnfit, ErrNoBroker.
	Publish(ctx context.Context, feed *catalog.Feed, f File) (*FileReceipt, error)
	// Receipt is one receipt with what has become of the records, or ErrNone.
	Receipt(ctx context.Context, id string) (*FileReceipt, error)
	// Receipts lists the receipts of feeds (none: of all), the newest first, those behind one.
	Receipts(ctx context.Context, feeds []string, after ReceiptPlace, limit int) ([]FileReceipt, error)
}

// File is a department's file: CSV with a header line, JSON lines, or a JSON array.
type File struct {
	Name       string // the ending tells the form; "": what it looks like
	Encoding   string // utf-8 or gb18030; "": as the feed's messages
	Content    []byte
	Department string // of who sends it
	Client     string
}

// Trial is what would become of a file's records. 试报
type Trial struct {
	Feed     string         `json:"feed"`
	Records  int            `json:"records"`
	Taken    int            `json:"taken"`
	Passed   int            `json:"passed" doc:"They say nothing that is mapped"`
	Refused  int            `json:"refused"`
	Findings int            `json:"findings" doc:"Values that would be left out; their records are taken"`
	Problems []TrialProblem `json:"problems" nullable:"false" doc:"The first 1,000; never with a value"`
}

// TrialProblem is one thing that is wrong: where, what, and how to mend it.
type TrialProblem struct {
	Line    int    `json:"line"`
	Column  int    `json:"column,omitzero" doc:"In bytes from 1, where it is known"`
	Record  int    `json:"record" doc:"Of a message that holds several, from 0"`
	Code    string `json:"code"`
	Field   string `json:"field,omitempty"`
	Element string `json:"element,omitempty"`
	Detail  string `json:"detail"`
}

// FileReceipt says how far a file is acknowledged, where its records stand, and what became of them. 回执
type FileReceipt struct {
	ID         string        `json:"id"`
	Feed       string        `json:"feed"`
	Topic      string        `json:"topic"`
	Department string        `json:"department"`
	Digest     string        `json:"digest" doc:"SHA-256 of the file"`
	Sent       int           `json:"sent" doc:"Records that are acknowledged"`
	Done       bool          `json:"done" doc:"The whole file is; else send it again, it goes on where it ended"`
	Places     []FilePlace   `json:"places" nullable:"false"`
	Outcomes   []FileOutcome `json:"outcomes,omitempty" doc:"What became of the records; of one receipt alone"`
	Waiting    int           `json:"waiting" doc:"Messages that are not read yet: ask again"`
	Began      time.Time     `json:"began"`
	At         time.Time     `json:"at"`
}

// FilePlace is a range of offsets of one partition, both included.
type FilePlace struct {
	Partition int   `json:"partition"`
	From      int64 `json:"from"`
	To        int64 `json:"to"`
}

// FileOutcome is how many records had one outcome.
type FileOutcome struct {
	Outcome string `json:"outcome" doc:"claimed, deleted, unmapped, quarantined or erased"`
	Reason  string `json:"reason,omitempty"`
	Field   string `json:"field,omitempty"`
	Records uint64 `json:"records"`
}

// ReceiptPlace is where a page of receipts ends.
type ReceiptPlace struct {
	Began int64  `json:"began"` // milliseconds
	ID    string `json:"id"`
}

// ReceiptPage is a page of receipts.
type ReceiptPage struct {
	Receipts []FileReceipt `json:"receipts" nullable:"false"`
	Next     string        `json:"next,omitempty" doc:"Send it as after to read on"`
}

// maxFile bounds files in bytes; a greater one goes in parts, or by wuku publish.
const maxFile = 16 << 20

type fileInput struct {
	Feed     string `path:"feed" maxLength:"100"`
	Name     string `query:"form" enum:"csv,json" doc:"CSV with a header line, or JSON lines; without it, what it looks like"`
	Encoding string `query:"encoding" enum:"utf-8,gb18030" doc:"Without it, as the feed's messages"`
	RawBody  []byte `contentType:"application/octet-stream"`
}

type receiptsInput struct {
	Feed  string `query:"feed" maxLength:"100"`
	After string `query:"after" maxLength:"400" doc:"What next was on the page before"`
	Limit int    `query:"limit" minimum:"1" maximum:"500" default:"50"`
}

func (s *Server) intakeRoutes() {
	if s.cfg.Intake == nil {
		return
	}
	const base, tag = "/api/v1/feeds/{feed}", "departments"
	register(s, operation{id: "feed-try", method: http.MethodPost, path: base + "/try", kind: access.Trying, tag: tag, maxBody: maxFile,
		summary: "Hold a file or a message against a feed's contract 试报", text: "Nothing is published or kept. The body is the file: CSV with a header line, JSON lines, a JSON array, or one record."}, s.tryFile)
	register(s, operation{id: "feed-publish", method: http.MethodPost, path: base + "/publish", kind: access.Publishing, tag: tag, maxBody: maxFile, status: http.StatusCreated,
		summary: "Publish a file to your feed's topic 报送", text: "For a department without Kafka. The same content sent again is the same receipt, and goes on where it was interrupted."}, s.publishFile)
	register(s, operation{id: "receipts", method: http.MethodGet, path: "/api/v1/receipts", kind: access.Receipts, tag: tag,
		summary: "Receipts of published files 回执", text: "Of your own feeds; of all for stewards."}, s.receipts)
	register(s, operation{id: "receipt", method: http.MethodGet, path: "/api/v1/receipts/{id}", kind: access.Receipts, tag: tag,
		summary: "One receipt with what became of the records 回执"}, s.receipt)
}

// fileOf is the feed and the file of a request: a department's own feed, or for a steward any.
func (s *Server) fileOf(x *exchange, op access.Operation, in *fileInput) (*catalog.Feed, File, error) {
	f := File{Encoding: in.Encoding, Content: in.RawBody, Department: x.caller.Department, Client: x.caller.Client}
	if in.Name != "" {
		f.Name = "file." + in.Name
	}
	if _, err := s.decide(x, access.Call{Operation: op}); err != nil {
		return nil, f, err
	}
	feed := s.current().catalog.Feed(in.Feed)
	if feed == nil || x.caller.Role == trust.RoleDepartment && feed.Department != x.caller.Department {
		return nil, f, ErrNone
	}
	if len(in.RawBody) == 0 {
		return nil, f, ErrUnfit
	}
	return feed, f, nil
}

func (s *Server) tryFile(ctx context.Context, x *exchange, in *fileInput) (*Trial, error) {
	feed, f, err := s.fileOf(x, access.Trying, in)
	if err != nil {
		return nil, err
	}
	return s.cfg.Intake.Try(ctx, feed, f)
}

func (s *Server) publishFile(ctx context.Context, x *exchange, in *fileInput) (*FileReceipt, error) {
	feed, f, err := s.fileOf(x, access.Publishing, in)
	if err != nil {
		return nil, err
	}
	r, err := s.cfg.Intake.Publish(ctx, feed, f)
	if err == nil {
		x.leaf.Count = r.Sent
	}
	return r, err
}

func (s *Server) receipts(ctx context.Context, x *exchange, in *receiptsInput) (*ReceiptPage, error) {
	if _, err := s.decide(x, access.Call{Operation: access.Receipts}); err != nil {
		return nil, err
	}
	page := &ReceiptPage{Receipts: []FileReceipt{}}
	var at ReceiptPlace
	if err := s.openCursor(x, "receipts", in.After, &at); err != nil {
		return nil, err
	}
	feeds, ok := s.ownFeeds(x, in.Feed)
	if !ok {
		return page, nil
	}
	list, err := s.cfg.Intake.Receipts(ctx, feeds, at, in.Limit)
	page.Receipts = append(page.Receipts, list...)
	if n := len(list); n == in.Limit && err == nil {
		page.Next, err = s.sealCursor("receipts", ReceiptPlace{list[n-1].Began.UnixMilli(), list[n-1].ID})
	}
	return page, err
}

func (s *Server) receipt(ctx context.Context, x *exchange, in *idInput) (*FileReceipt, error) {
	if _, err := s.decide(x, access.Call{Operation: access.Receipts}); err != nil {
		return nil, err
	}
	r, err := s.cfg.Intake.Receipt(ctx, in.ID)
	if err != nil {
		return nil, err
	}
	if feeds, ok := s.ownFeeds(x, r.Feed); !ok || len(feeds) == 0 {
		return nil, ErrNone
	}
	return r, nil
}
