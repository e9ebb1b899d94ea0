package quality

import (
	"cmp"
	"maps"
	"slices"
	"strings"
	"time"

	"wuku/catalog"
)

// Figure is one indicator of one scope: two counts, and their share in millionths, rounded down. All arithmetic is in whole numbers, so
// that whoever works it out again gets the same bits. 指标值
type Figure struct {
	Kind      string `json:"kind"`  // province, city, department, library, feed or element
	Scope     string `json:"scope"` // its name
	Indicator string `json:"indicator"`
	A         uint64 `json:"a"`
	B         uint64 `json:"b"`
	Value     int64  `json:"value"` // of 1,000,000; -1: nothing to count
}

// Indicator is an entry of the dictionary of indicators. 指标字典
type Indicator struct {
	Code    string `json:"code"`
	Version int    `json:"version"`
	ZH      string `json:"zh"`
	EN      string `json:"en"`
	Formula string `json:"formula"`
}

// IndicatorVersion grows when a formula changes; a published figure keeps the one that it was worked out by.
const IndicatorVersion = 1

// million is what a share of 1 is.
const million = 1_000_000

// Indicators returns the dictionary.
func Indicators() []Indicator {
	var out []Indicator
	add := func(code, zh, en, formula string) {
		out = append(out, Indicator{Code: code, Version: IndicatorVersion, ZH: zh, EN: en, Formula: formula})
	}
	add("connection", "挂接率", "connection rate", "A: items of the responsibility list of which a feed really flows (a message before the cut); B: items; a department without items: its feeds")
	add("update", "更新状况", "update status", "A: feeds whose newest message is not older than their declared cycle at the end of the period; B: feeds with such a cycle")
	add("closure", "整改时效", "closure in time", "A: rounds of work orders mended in the period before any term passed; B: those mended, and those that stand open with a term passed")
	add("quality", "数据质量", "quality", "the mean of the dimensions that have something to count")
	add("truth", "真实性核验", "values that the authority confirms", "A: values of the period's samples that their authority says are right (quality.truth_check); B: those that it says are right or not; left out where nothing was asked")
	add("index", "综合指数", "index", "the mean of connection, update, quality and closure by the weights of governance.yaml, of those that have something to count")
	for _, d := range Dimensions() {
		add("d."+d.Code, d.ZH, d.EN, "the mean of its measures that have something to count (GB/T 36344)")
	}
	for _, m := range Measures() {
		formula := "A: B less work orders of its rules open at the cut; B: live records x elements that the feed maps"
		switch m.Counts {
		case perMean:
			formula = "the mean of its parts"
		case perRecord:
			formula = "A: B less work orders of its rules open at the cut; B: live records"
		case perSend:
			formula = "A: messages that were not refused; B: messages"
		case perFeed:
			formula = "as the indicator update"
			if m.Code == "0601" {
				formula = "A: feeds with a message; B: feeds"
			}
		case perNone:
			formula = "nothing is counted yet"
		}
		add("m."+m.Code, m.ZH, m.EN, formula)
	}
	for _, q := range slices.Sorted(maps.Keys(FourQualities())) {
		zh := map[string]string{"authenticity": "真实性", "accuracy": "准确性", "completeness": "完整性", "timeliness": "时效性"}[q]
		add("q."+q, zh, q, "the mean of the measures "+strings.Join(FourQualities()[q], ", "))
	}
	return out
}

// feedCount is what the ledger says of a feed before the cut.
type feedCount struct {
	records, messages, refused uint64
	newest                     time.Time
}

// openCount is how many work orders of one kind stand open at the cut.
type openCount struct {
	feed, library, element, rule, department string
	n                                        uint64
}

// closedCount is what became of a department's work orders in the period.
type closedCount struct{ mended, inTime, overdue, open, disputed uint64 }

// truthCount is what authorities said of a feed's values in samples of the period.
type truthCount struct {
	feed, library, element string
	match, differs         uint64
}

// counts is everything that figures are made of.
type counts struct {
	feeds  map[string]feedCount
	open   []openCount
	truth  []truthCount
	closed map[string]closedCount
	ends   time.Time
}

// cycleDays is how old a feed's newest message may be, in days, by its declared cycle; 0: any age.
func cycleDays(cycle string) int {
	return map[string]int{"realtime": 2, "hourly": 2, "daily": 3, "weekly": 10, "monthly": 40, "quarterly": 100, "halfyearly": 200, "yearly": 400}[cycle]
}

// tally is the counts of one scope.
type tally struct {
	values, records, messages, refused uint64
	wrong                              map[string]uint64 // by measure
	feeds, flowing, timed, inTime      uint64
	confirmed, asked                   uint64 // values in samples
}

// scorer adds counts up by scope.
type scorer struct {
	catalog  *catalog.Catalog
	measured map[string]bool // measures that some rule counts for
	tallies  map[[2]string]*tally
}

func (s *scorer) of(kind, scope string) *tally {
	k := [2]string{kind, scope}
	if s.tallies[k] == nil {
		s.tallies[k] = &tally{wrong: map[string]uint64{}}
	}
	return s.tallies[k]
}

// figures works every figure out. The order of the result is canonical.
func figures(c *catalog.Catalog, n counts) []Figure {
	s := &scorer{catalog: c, measured: measured(c), tallies: map[[2]string]*tally{}}
	for i := range c.Feeds {
		s.feed(&c.Feeds[i], n)
	}
	for _, o := range n.open {
		s.order(o)
	}
	for _, x := range n.truth {
		s.truth(x)
	}
	var out []Figure
	for k, t := range s.tallies {
		out = append(out, s.quality(k[0], k[1], t)...)
	}
	out = append(out, departments(c, n, out)...)
	slices.SortFunc(out, func(a, b Figure) int {
		return cmp.Or(cmp.Compare(a.Kind, b.Kind), cmp.Compare(a.Scope, b.Scope), cmp.Compare(a.Indicator, b.Indicator))
	})
	return out
}

// measured are the measures that the rules in force count for.
func measured(c *catalog.Catalog) map[string]bool {
	out := map[string]bool{"0202": true, "0502": true, "0601": true, "0602": true}
	for _, rule := range []string{RuleDiffers, RuleDuplicate, "value.null", "value.format", "value.length", "value.code", "value.range", "value.pattern", "citizen.check"} {
		out[MeasureOf(c, rule)] = true
	}
	for _, l := range c.Libraries {
		for _, r := range c.RulesOf(l.Name) {
			out[r.Measure] = true
		}
		for _, r := range l.Relations {
			out[MeasureOf(c, "relation."+r.Kind)] = true
		}
	}
	return out
}

// feed adds a feed's records to every scope that it belongs to.
func (s *scorer) feed(f *catalog.Feed, n counts) {
	x := n.feeds[f.Name]
	elements := map[string]uint64{} // by library
	total := uint64(0)
	for _, slot := range f.Claims {
		elements[slot.Library] += uint64(len(slot.Fields))
		total += uint64(len(slot.Fields))
		for _, field := range slot.Fields {
			t := s.of("element", slot.Library+"."+field.Element)
			t.values, t.records = t.values+x.records, t.records+x.records
		}
	}
	for library, k := range elements {
		s.of("library", library).add(f, x, k, n.ends)
	}
	for _, k := range [][2]string{{"province", s.catalog.Name}, {"city", f.Jurisdiction}, {"department", Mender(s.catalog, f.Name)}, {"feed", f.Name}} {
		s.of(k[0], k[1]).add(f, x, total, n.ends)
	}
}

func (t *tally) add(f *catalog.Feed, x feedCount, elements uint64, ends time.Time) {
	t.values += x.records * elements
	t.records += x.records
	t.messages += x.messages + x.refused
	t.refused += x.refused
	t.feeds++
	if x.messages > 0 {
		t.flowing++
	}
	if days := cycleDays(f.Cycle); days > 0 {
		t.timed++
		if x.messages > 0 && !x.newest.Before(ends.AddDate(0, 0, -days)) {
			t.inTime++
		}
	}
}

// order counts an open order against every scope.
func (s *scorer) order(o openCount) {
	m := MeasureOf(s.catalog, o.rule)
	jurisdiction := ""
	if f := s.catalog.Feed(o.feed); f != nil {
		jurisdiction = f.Jurisdiction
	}
	for _, k := range [][2]string{{"province", s.catalog.Name}, {"city", jurisdiction}, {"department", o.department}, {"feed", o.feed}, {"library", o.library}, {"element", o.library + "." + o.element}} {
		if k[1] == "" || strings.HasSuffix(k[1], ".") {
			continue // an order about a whole record is about no element
		}
		s.of(k[0], k[1]).wrong[m] += o.n
	}
}

// truth counts what an authority said against every scope.
func (s *scorer) truth(x truthCount) {
	jurisdiction := ""
	if f := s.catalog.Feed(x.feed); f != nil {
		jurisdiction = f.Jurisdiction
	}
	for _, k := range [][2]string{{"province", s.catalog.Name}, {"city", jurisdiction}, {"department", Mender(s.catalog, x.feed)}, {"feed", x.feed}, {"library", x.library}, {"element", x.library + "." + x.element}} {
		if k[1] != "" {
			t := s.of(k[0], k[1])
			t.confirmed, t.asked = t.confirmed+x.match, t.asked+x.match+x.differs
		}
	}
}

func share(a, b uint64) int64 {
	if b == 0 {
		return -1
	}
	return int64(a * million / b)
}

// mean is the mean of the values that have something to count.
func mean(values ...int64) int64 {
	sum, n := int64(0), int64(0)
	for _, v := range values {
		if v >= 0 {
			sum, n = sum+v, n+1
		}
	}
	if n == 0 {
		return -1
	}
	return sum / n
}

// quality is the figures of measures, dimensions and qualities of one scope.
func (s *scorer) quality(kind, scope string, t *tally) []Figure {
	var out []Figure
	values := map[string]int64{}
	put := func(code string, a, b uint64, v int64) {
		values[code] = v
		out = append(out, Figure{Kind: kind, Scope: scope, Indicator: code, A: a, B: b, Value: v})
	}
	ms := Measures()
	for i := len(ms) - 1; i >= 0; i-- { // parts stand behind their whole
		m := ms[i]
		a, b := s.count(m, t)
		if m.Counts != perMean {
			put("m."+m.Code, a, b, share(a, b))
			continue
		}
		var parts []int64
		for _, p := range ms {
			if len(p.Code) > len(m.Code) && strings.HasPrefix(p.Code, m.Code) {
				parts = append(parts, values["m."+p.Code])
			}
		}
		put("m."+m.Code, 0, 0, mean(parts...))
	}
	var dims []int64
	for _, d := range Dimensions() {
		var of []int64
		for _, m := range ms {
			if m.Dimension == d.Code && len(m.Code) == 4 {
				of = append(of, values["m."+m.Code])
			}
		}
		put("d."+d.Code, 0, 0, mean(of...))
		dims = append(dims, values["d."+d.Code])
	}
	put("quality", 0, 0, mean(dims...))
	four := FourQualities()
	for _, q := range slices.Sorted(maps.Keys(four)) {
		var of []int64
		for _, code := range four[q] {
			of = append(of, values["m."+code])
		}
		put("q."+q, 0, 0, mean(of...))
	}
	if t.asked > 0 {
		put("truth", t.confirmed, t.asked, share(t.confirmed, t.asked))
	}
	if kind == "element" { // of elements the whole is enough: there are many
		out = slices.DeleteFunc(out, func(f Figure) bool { return strings.HasPrefix(f.Indicator, "m.") && (f.B == 0 || f.A == f.B) })
	}
	return out
}

// count is A and B of a measure.
func (s *scorer) count(m Measure, t *tally) (a, b uint64) {
	if !s.measured[m.Code] {
		return 0, 0
	}
	switch m.Counts {
	case perValue:
		b = t.values
	case perRecord:
		b = t.records
	case perSend:
		return t.messages - t.refused, t.messages
	case perFeed:
		if m.Code == "0601" {
			return t.flowing, t.feeds
		}
		return t.inTime, t.timed
	}
	return b - min(b, t.wrong[m.Code]), b
}
