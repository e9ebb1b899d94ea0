package space

import (
	"context"
	"slices"
	"strings"

	"wuku/entity"
)

// DivisionCount is a figure of one division as it was in a year.
type DivisionCount struct {
	// Code is the division's code in that year. Where the record cannot tell which of several divisions of that year the area was in
	// (borders moved in parts), all of them are named, joined by "|".
	Code  string `json:"code"`
	Name  string `json:"name"`
	Count Figure `json:"count" doc:"null: left out, since it or what follows from it would be of fewer than ten"`
}

// ByDivision counts a theme on the divisions of a year: who was there (born and not dead, founded and not ended) on its 31 December, by
// the county of that year in which the present residence or domicile lies. level is 3 for counties, 2 for prefectures. The tables know
// where somebody is now, not where they were.
func (s *Space) ByDivision(ctx context.Context, theme string, year, level int) ([]DivisionCount, *Version, error) {
	q := Question{Theme: theme, By: SplitDivision, Year: year}
	if err := q.check(); err != nil {
		return nil, nil, err
	}
	if level != int(entity.CountyLevel) && level != int(entity.PrefectureLevel) {
		return nil, nil, wrong("level", "level %d; 2 is prefectures, 3 is counties", level)
	}
	v, err := s.Current()
	if err != nil {
		return nil, nil, err
	}
	if year == 0 {
		year = s.today().Year()
	}
	year = min(year, entity.LastDivisionYear)
	sums, err := s.sums(ctx, v, q, Lineage(year), level)
	if err != nil {
		return nil, nil, err
	}
	codes := make([]string, 0, len(sums))
	for code := range sums {
		codes = append(codes, code)
	}
	slices.Sort(codes)
	parts := make([]tally, len(codes))
	for i, code := range codes {
		parts[i] = sums[code]
	}
	shown := suppress(parts)
	out := make([]DivisionCount, len(codes))
	for i, code := range codes {
		out[i] = DivisionCount{Code: code, Name: nameIn(code, year), Count: shown[i]}
	}
	return out, v, nil
}

// sums counts a theme as of a year on the divisions of an ancestry's.
func (s *Space) sums(ctx context.Context, v *Version, q Question, on Ancestry, level int) (map[string]tally, error) {
	if err := q.check(); err != nil {
		return nil, err
	}
	counts, err := s.count(ctx, v, q, nil, emptyBound())
	if err != nil {
		return nil, err
	}
	sums := map[string]tally{}
	for code, t := range counts {
		up := upTo(on.At(code), on.year, level)
		sums[up] = sums[up].plus(t)
	}
	return sums, nil
}

// shownOf are the figures of some divisions, as far as they may be told.
func shownOf(divisions []DivisionCount, sums map[string]tally) []Figure {
	parts := make([]tally, len(divisions))
	for i, d := range divisions {
		parts[i] = sums[d.Code]
	}
	return suppress(parts)
}

// upTo lifts codes of counties to their prefectures.
func upTo(codes string, year, level int) string {
	if level == int(entity.CountyLevel) || codes == "" {
		return codes
	}
	var up []string
	for code := range strings.SplitSeq(codes, "|") {
		d, ok := entity.Divisions().At(code, year)
		if p, has := entity.Divisions().Parent(code, year); ok && has && d.Level == entity.CountyLevel {
			code = p.Code
		}
		up = append(up, code)
	}
	slices.Sort(up)
	return strings.Join(slices.Compact(up), "|")
}

// nameIn names codes joined by "|".
func nameIn(codes string, year int) string {
	if codes == "" {
		return "未知"
	}
	var names []string
	for code := range strings.SplitSeq(codes, "|") {
		name := entity.Divisions().Name(code, year)
		if name == "" {
			name = code
		}
		names = append(names, name)
	}
	return strings.Join(names, "、")
}

// Ancestry tells which divisions of one year hold what is in a division now.
type Ancestry struct {
	year int
	then map[string][]string // present code -> codes of that year
}

// Lineage works out the ancestry of all counties for a year. It takes some milliseconds.
func Lineage(year int) Ancestry {
	a := Ancestry{year: year, then: map[string][]string{}}
	t := entity.Divisions()
	visit := func(code string) {
		for _, now := range t.Successors(code, year, entity.LastDivisionYear) {
			a.then[now] = append(a.then[now], code)
		}
	}
	for _, province := range t.Children("", year) {
		for _, d := range t.Children(province.Code, year) {
			if d.Level == entity.CountyLevel {
				visit(d.Code)
				continue
			}
			for _, county := range t.Children(d.Code, year) {
				visit(county.Code)
			}
		}
	}
	for _, codes := range a.then {
		slices.Sort(codes)
	}
	return a
}

// At gives the codes of the year, joined by "|", for a code that a record bears now. A retired code is first followed to where its area
// is today: from the last year in which it meant anything, so that a code which was given to another place later means the later one. A
// county that its own code of that year is among keeps it, if the two are of one name or the year knows no other.
func (a Ancestry) At(code string) string {
	t := entity.Divisions()
	lives := t.Lives(code)
	if len(lives) == 0 {
		return ""
	}
	now := []string{code}
	if last := lives[len(lives)-1]; last.Until != 0 {
		now = t.Successors(code, last.Until-1, entity.LastDivisionYear)
	}
	var then []string
	for _, n := range now {
		then = append(then, a.then[n]...)
	}
	slices.Sort(then)
	return strings.Join(slices.Compact(then), "|")
}

// Change is how a figure differs between two years, on the divisions of the later.
type Change struct {
	Code   string `json:"code"`
	Name   string `json:"name"`
	From   Figure `json:"from"`
	To     Figure `json:"to"`
	Change *int64 `json:"change" doc:"Of the rounded figures; null where one of them is left out"`
}

// Changes compares two years on the divisions of the later one.
func (s *Space) Changes(ctx context.Context, theme string, from, to, level int) ([]Change, *Version, error) {
	if from >= to {
		return nil, nil, wrong("from", "from %d is not before to %d", from, to)
	}
	later, v, err := s.ByDivision(ctx, theme, to, level)
	if err != nil {
		return nil, nil, err
	}
	sums, err := s.sums(ctx, v, Question{Theme: theme, By: SplitDivision, Year: from}, Lineage(min(to, entity.LastDivisionYear)), level)
	if err != nil {
		return nil, nil, err
	}
	shown := shownOf(later, sums)
	out := make([]Change, len(later))
	for i, d := range later {
		out[i] = Change{Code: d.Code, Name: d.Name, From: shown[i], To: d.Count}
		if d.Count != nil && shown[i] != nil {
			n := int64(*d.Count) - int64(*shown[i])
			out[i].Change = &n
		}
	}
	return out, v, nil
}
