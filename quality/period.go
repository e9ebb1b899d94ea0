package quality

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json/jsontext"
	"encoding/json/v2"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"wuku/catalog"
)

// Appraiser works out the figures of the appraisal, now or for a published period. 考核
type Appraiser struct {
	Store    Store
	Catalog  *catalog.Catalog
	Revision uint32 // of Catalog
	// Past returns the catalogue of a published revision.
	Past func(ctx context.Context, revision uint32) (*catalog.Catalog, error)
	Now  func() time.Time
}

// Bulletin is what is published of a period (通报): everything in it follows from the cut.
type Bulletin struct {
	Period      string           `json:"period"` // 2026-10, 2026Q4 or 2026
	Edition     uint32           `json:"edition"`
	Begins      time.Time        `json:"begins"`
	Ends        time.Time        `json:"ends"`
	Province    string           `json:"province"`
	Catalogue   uint32           `json:"catalogue"` // its revision
	Cut         Cut              `json:"cut"`
	Figures     string           `json:"figures"` // SHA-256 of all figures, see DigestOf
	Count       int              `json:"count"`   // of figures
	Total       Scorecard        `json:"total"`   // of the province, without appraisal
	Departments []Scorecard      `json:"departments"`
	Praised     []string         `json:"praised"` // 表扬: the best, and those that rose most
	Admonished  []string         `json:"warned"`  // 通报批评: graded 差, and those with terms passed
	WorstRules  []Tally          `json:"rules"`   // rules with most open orders
	WorstFeeds  []Tally          `json:"feeds"`   // feeds with most open orders
	Dictionary  []Indicator      `json:"dictionary"`
	Weights     []catalog.Weight `json:"weights"`
	Published   time.Time        `json:"published"`
}

// Cut is where a period was cut: messages below the marks and events of work orders up to the stamp count.
type Cut struct {
	Marks map[string]uint64 `json:"marks"`
	Stamp uint64            `json:"stamp"`
}

// Tally is a name with a number.
type Tally struct {
	Name  string `json:"name"`
	Count uint64 `json:"count"`
}

// parsePeriod reads 2026-10, 2026Q4 or 2026. Periods begin and end at midnight in China.
func parsePeriod(text string) (begins, ends time.Time, err error) {
	bad := fmt.Errorf("period %q: write 2026-10, 2026Q4 or 2026", text)
	month, months := 1, 12
	year, rest := text, ""
	if i := strings.IndexAny(text, "-Q"); i > 0 {
		year, rest = text[:i], text[i:]
	}
	y, err := strconv.Atoi(year)
	if err != nil || y < 1970 || y > 9000 || len(year) != 4 {
		return begins, ends, bad
	}
	if rest != "" {
		n, err := strconv.Atoi(rest[1:])
		switch {
		case err != nil:
			return begins, ends, bad
		case rest[0] == 'Q' && n >= 1 && n <= 4 && len(rest) == 2:
			month, months = n*3-2, 3
		case rest[0] == '-' && n >= 1 && n <= 12 && len(rest) == 3:
			month, months = n, 1
		default:
			return begins, ends, bad
		}
	}
	begins = time.Date(y, time.Month(month), 1, 0, 0, 0, 0, china())
	return begins.UTC(), begins.AddDate(0, months, 0).UTC(), nil
}

// CheckPeriod says what is wrong with the name of a period; nil for a good one.
func CheckPeriod(text string) error {
	_, _, err := parsePeriod(text)
	return err
}

// periodBefore names the period before one.
func periodBefore(text string) string {
	begins, ends, err := parsePeriod(text)
	if err != nil {
		return ""
	}
	b := begins.In(china())
	switch months := int(ends.Sub(begins).Hours()) / 24; {
	case months <= 31:
		return b.AddDate(0, -1, 0).Format("2006-01")
	case months <= 92:
		b = b.AddDate(0, -3, 0)
		return fmt.Sprintf("%dQ%d", b.Year(), int(b.Month()+2)/3)
	}
	return strconv.Itoa(b.Year() - 1)
}

// scoring is what the templates of figures see.
type scoring struct {
	Windows      []window
	Topics       []string
	Stamp        uint64
	Begins, Ends int64
}

func (a *Appraiser) now() time.Time {
	if a.Now == nil {
		return time.Now()
	}
	return a.Now()
}

// late is how long an event of a work order may take from its stamp to the table: what is younger does not count yet.
const late = time.Minute

// cut is how far everything is now.
func (a *Appraiser) cut(ctx context.Context) (Cut, error) {
	c := Cut{Marks: map[string]uint64{}, Stamp: uint64(a.now().Add(-late).UnixMicro())}
	err := a.Store.Query(ctx, "quality/markers", nil, func(scan func(...any) error) error {
		var library string
		var m marker
		err := scan(&library, &m.marks, &m.seq)
		for name, next := range m.marks {
			c.Marks[name] = max(c.Marks[name], next)
		}
		return err
	})
	return c, err
}

// windows are the streams of a cut: of each partition the newest revision of its mapping.
func (c Cut) windows() ([]window, error) {
	newest := map[string]window{}
	for _, name := range slices.Sorted(maps.Keys(c.Marks)) {
		w, err := parseStream(name)
		if err != nil {
			return nil, err
		}
		w.To = c.Marks[name]
		place := w.Topic + "/" + strconv.Itoa(int(w.Partition))
		if old, ok := newest[place]; !ok || w.Revision > old.Revision {
			newest[place] = w
		}
	}
	var out []window
	for _, place := range slices.Sorted(maps.Keys(newest)) {
		out = append(out, newest[place])
	}
	return out, nil
}

// topicRetry is ingest.TopicRetry; quality stands beside ingest and does not import it.
const topicRetry = "wuku.retry"

// feedWindows are the windows of one feed: of its topic, of its changes, and all of retries.
type feedWindows struct {
	topics  []string // without that of retries
	windows []window
}

// byFeed parts windows by feed.
func byFeed(windows []window) []feedWindows {
	var retries []window
	feeds := map[string]*feedWindows{}
	for _, w := range windows {
		if w.Topic == topicRetry {
			retries = append(retries, w)
			continue
		}
		source := catalog.SourceTopic(w.Topic)
		f := feeds[source]
		if f == nil {
			f = &feedWindows{}
			feeds[source] = f
		}
		f.windows = append(f.windows, w)
		if !slices.Contains(f.topics, w.Topic) {
			f.topics = append(f.topics, w.Topic)
		}
	}
	var out []feedWindows
	for _, source := range slices.Sorted(maps.Keys(feeds)) {
		f := feeds[source]
		f.windows = append(f.windows, retries...)
		out = append(out, *f)
	}
	return out
}

// gather counts everything before a cut.
func (a *Appraiser) gather(ctx context.Context, cut Cut, begins, ends time.Time) (counts, error) {
	n := counts{feeds: map[string]feedCount{}, closed: map[string]closedCount{}, ends: ends}
	s := scoring{Stamp: cut.Stamp, Begins: begins.UnixMilli(), Ends: ends.UnixMilli()}
	windows, err := cut.windows()
	if err != nil {
		return n, err
	}
	// Feed by feed: the keys of one fit into the processor's caches better than those of all.
	for _, group := range byFeed(windows) {
		s.Windows, s.Topics = group.windows, group.topics
		err = a.Store.Query(ctx, "quality/score_feeds", s, func(scan func(...any) error) error {
			var feed string
			var x feedCount
			err := scan(&feed, &x.records, &x.messages, &x.refused, &x.newest)
			n.feeds[feed] = x
			return err
		})
		if err != nil {
			return n, err
		}
	}
	err = a.Store.Query(ctx, "quality/score_open", s, func(scan func(...any) error) error {
		var o openCount
		err := scan(&o.feed, &o.library, &o.element, &o.rule, &o.department, &o.n)
		n.open = append(n.open, o)
		return err
	})
	if err != nil {
		return n, err
	}
	err = a.Store.Query(ctx, "quality/score_truth", s, func(scan func(...any) error) error {
		var x truthCount
		err := scan(&x.feed, &x.library, &x.element, &x.match, &x.differs)
		n.truth = append(n.truth, x)
		return err
	})
	if err != nil {
		return n, err
	}
	return n, a.Store.Query(ctx, "quality/score_closed", s, func(scan func(...any) error) error {
		var department string
		var x closedCount
		err := scan(&department, &x.mended, &x.inTime, &x.overdue, &x.open, &x.disputed)
		n.closed[department] = x
		return err
	})
}

// Standing is how every department stands in the month that is going on. Nothing of it is stored.
type Standing struct {
	At      time.Time
	Cards   []Scorecard // by rank
	figures []Figure
}

// Standing works out how departments stand now. It counts over the ledger: about half a second a million messages.
func (a *Appraiser) Standing(ctx context.Context) (*Standing, error) {
	now := a.now()
	b, all, err := a.bulletin(ctx, now.In(china()).Format("2006-01"), a.Catalog, nil)
	if err != nil {
		return nil, fmt.Errorf("scorecards: %w", err)
	}
	return &Standing{At: now, Cards: b.Departments, figures: all}, nil
}

// Of is a department's scorecard with every figure that it is made of, and how many departments are ranked. Scorecard.Department is empty
// where the catalogue has no such department.
func (s *Standing) Of(department string) (card Scorecard, of []Figure, ranked int) {
	for _, c := range s.Cards {
		if c.Rank > 0 {
			ranked++
		}
		if c.Department == department {
			card = c
		}
	}
	for _, f := range s.figures {
		if f.Kind == "department" && f.Scope == department {
			of = append(of, f)
		}
	}
	return card, of, ranked
}

// Weights are the shares of the index, in thousandths: those of the catalogue, else the program's own.
func (a *Appraiser) Weights() []catalog.Weight { return weights(a.Catalog) }

// bulletin works out a period as of a cut (nil: now).
func (a *Appraiser) bulletin(ctx context.Context, period string, c *catalog.Catalog, cut *Cut) (*Bulletin, []Figure, error) {
	begins, ends, err := parsePeriod(period)
	if err != nil {
		return nil, nil, err
	}
	if cut == nil {
		now, err := a.cut(ctx)
		if err != nil {
			return nil, nil, err
		}
		cut = &now
	}
	n, err := a.gather(ctx, *cut, begins, ends)
	if err != nil {
		return nil, nil, err
	}
	before, err := a.indexes(ctx, periodBefore(period))
	if err != nil {
		return nil, nil, err
	}
	all := figures(c, n)
	b := &Bulletin{Period: period, Begins: begins, Ends: ends, Province: c.ZH, Cut: *cut, Figures: DigestOf(all), Count: len(all), Dictionary: Indicators(), Weights: weights(c),
		Departments: scorecards(c, all, n.closed, before)}
	b.total(c, all, n)
	b.judge()
	return b, all, nil
}

// indexes are the departments' indexes of a published period; empty where it was not published.
func (a *Appraiser) indexes(ctx context.Context, period string) (map[string]int64, error) {
	out := map[string]int64{}
	old, err := a.Load(ctx, period)
	if err != nil || old == nil {
		return out, err
	}
	for _, s := range old.Departments {
		out[s.Department] = s.Index
	}
	return out, nil
}

// DigestOf names a set of figures: the SHA-256 of their JSON, in their canonical order.
func DigestOf(figures []Figure) string {
	b, err := json.Marshal(figures, json.Deterministic(true))
	if err != nil {
		return err.Error() // cannot be: texts and whole numbers
	}
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:])
}

// Encode is the bulletin's file.
func (b *Bulletin) Encode() ([]byte, error) {
	out, err := json.Marshal(b, json.Deterministic(true), jsontext.WithIndent("  "))
	return append(out, '\n'), err
}

// Load returns the newest edition of a published period, or nil.
func (a *Appraiser) Load(ctx context.Context, period string) (*Bulletin, error) {
	all, err := a.list(ctx, period)
	if err != nil || len(all) == 0 {
		return nil, err
	}
	return all[0], nil
}

// List returns the newest edition of every published period, the latest first.
func (a *Appraiser) List(ctx context.Context) ([]*Bulletin, error) { return a.list(ctx, "") }

func (a *Appraiser) list(ctx context.Context, period string) ([]*Bulletin, error) {
	var out []*Bulletin
	err := a.Store.Query(ctx, "quality/periods", period, func(scan func(...any) error) error {
		var name, digest, content string
		var edition, revision uint32
		var begins, ends, published time.Time
		var marks map[string]uint64
		var stamp uint64
		if err := scan(&name, &edition, &begins, &ends, &revision, &marks, &stamp, &digest, &content, &published); err != nil {
			return err
		}
		b := &Bulletin{}
		if err := json.Unmarshal([]byte(content), b); err != nil {
			return fmt.Errorf("bulletin %s: %w", name, err)
		}
		out = append(out, b)
		return nil
	})
	return out, err
}

// figuresAtOnce is how many figures one statement stores.
const figuresAtOnce = 2000

// ErrNotBegun is returned for a bulletin of a period that lies in the future.
var ErrNotBegun = errors.New("the period has not begun")

// Publish works a period out, stores its figures and returns the bulletin. A period that was published gets another edition; the older
// one stays. A period that has not ended is published as it stands now.
func (a *Appraiser) Publish(ctx context.Context, period string) (*Bulletin, error) {
	fail := func(err error) (*Bulletin, error) { return nil, fmt.Errorf("bulletin %s: %w", period, err) }
	if begins, _, err := parsePeriod(period); err == nil && begins.After(a.now()) {
		return fail(ErrNotBegun)
	}
	b, all, err := a.bulletin(ctx, period, a.Catalog, nil)
	if err != nil {
		return fail(err)
	}
	old, err := a.Load(ctx, period)
	if err != nil {
		return fail(err)
	}
	b.Edition, b.Catalogue, b.Published = 1, a.Revision, a.now().UTC().Truncate(time.Millisecond)
	if old != nil {
		b.Edition = old.Edition + 1
	}
	content, err := b.Encode()
	if err != nil {
		return fail(err)
	}
	for part := range slices.Chunk(all, figuresAtOnce) {
		if err := a.Store.Exec(ctx, "quality/scores", map[string]any{"Period": period, "Edition": b.Edition, "Version": IndicatorVersion, "Figures": part}); err != nil {
			return fail(err)
		}
	}
	row := map[string]any{"Period": period, "Edition": b.Edition, "Begins": b.Begins.UnixMilli(), "Ends": b.Ends.UnixMilli(), "Revision": b.Catalogue, "Marks": positions(b.Cut.Marks),
		"Stamp": b.Cut.Stamp, "Digest": b.Figures, "Content": string(content), "Published": b.Published.UnixMilli()}
	if err := a.Store.Exec(ctx, "quality/period", row); err != nil {
		return fail(err)
	}
	return b, nil
}

func positions(marks map[string]uint64) []position {
	var out []position
	for _, name := range slices.Sorted(maps.Keys(marks)) {
		out = append(out, position{name, marks[name]})
	}
	return out
}

// Recompute works a published period out again from the ledger and the events of work orders, under the catalogue of that time. The
// bulletin's figures must have the digest that was published; published is nil for a period that was not.
func (a *Appraiser) Recompute(ctx context.Context, period string) (again, published *Bulletin, err error) {
	published, err = a.Load(ctx, period)
	if err != nil || published == nil {
		return nil, nil, err
	}
	c, err := a.Past(ctx, published.Catalogue)
	if err != nil {
		return nil, published, err
	}
	again, _, err = a.bulletin(ctx, period, c, &published.Cut)
	if err != nil {
		return nil, published, fmt.Errorf("bulletin %s: %w", period, err)
	}
	again.Edition, again.Catalogue, again.Published = published.Edition, published.Catalogue, published.Published
	return again, published, nil
}
