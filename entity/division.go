package entity

import (
	"slices"
	"strings"
	"sync"
)

// The years that the embedded table of divisions covers. Each year's state is that of 31 December.
const (
	FirstDivisionYear = 1981
	LastDivisionYear  = 2024
)

// DivisionLevel is the level of a division in the hierarchy.
type DivisionLevel uint8

// The levels.
const (
	ProvinceLevel   DivisionLevel = 1 // 省级
	PrefectureLevel DivisionLevel = 2 // 地级
	CountyLevel     DivisionLevel = 3 // 县级
)

// Division is one life of a division code: the years in which it meant one place under one name. 行政区划
// A code that was reused has several lives: 320803 was 楚州区 from 2000 to 2010 and is 淮安区 since 2011.
type Division struct {
	Code       string // six digits, GB/T 2260
	Name       string // its own name, for example 吴中区
	Province   string // name of its province
	Prefecture string // name of its prefecture; "" for a province and for a county directly under its province
	Level      DivisionLevel
	From       int // first year; 1981 also stands for earlier
	Until      int // year of its change or end, exclusive; 0 while it is in use
}

// FullName is the name with those of its province and prefecture before it: 江苏省苏州市吴中区.
func (d Division) FullName() string {
	switch d.Level {
	case ProvinceLevel:
		return d.Name
	case PrefectureLevel:
		return d.Province + d.Name
	}
	return d.Province + d.Prefecture + d.Name
}

// in reports whether the life covers 31 December of year.
func (d Division) in(year int) bool { return d.From <= year && (d.Until == 0 || year < d.Until) }

// succession says that all or part of a division's area went to another code in a year.
type succession struct {
	code string
	year int
}

// page holds the years of the hundred codes that share their first four digits: bit n of a word is the year 1981+n.
type page [100]uint64

// DivisionTable is China's divisions of county level and above, 1981 to 2024, from the CC0 data set yescallop/areacodes
// (data/README.md). It is immutable and safe for concurrent use.
//
// In all its methods a year after LastDivisionYear is answered with the state of LastDivisionYear, the newest that is known;
// a year before FirstDivisionYear has no divisions.
type DivisionTable struct {
	records []Division       // sorted by code, then by first year
	next    [][]succession   // of each record
	byCode  map[string][]int // the records of each code, oldest first
	pages   [10000]*page     // by the first four digits
}

var divisions = sync.OnceValue(loadDivisions)

// Divisions returns the table. The first call reads it (some milliseconds); later calls are free.
func Divisions() *DivisionTable { return divisions() }

// At returns what a code meant on 31 December of a year, and whether it meant anything.
func (t *DivisionTable) At(code string, year int) (Division, bool) {
	if i := t.at(code, year); i >= 0 {
		return t.records[i], true
	}
	return Division{}, false
}

// at is At by record number, or -1.
func (t *DivisionTable) at(code string, year int) int {
	year = min(year, LastDivisionYear)
	for _, i := range t.byCode[code] {
		if t.records[i].in(year) {
			return i
		}
	}
	return -1
}

// Valid reports whether a code was in use on 31 December of a year.
func (t *DivisionTable) Valid(code string, year int) bool { return t.at(code, year) >= 0 }

// Existed reports whether a code was in use in any year of the table.
func (t *DivisionTable) Existed(code string) bool { return len(t.byCode[code]) > 0 }

// Lives returns every life of a code, the oldest first; nil for a code that never existed.
func (t *DivisionTable) Lives(code string) []Division {
	var lives []Division
	for _, i := range t.byCode[code] {
		lives = append(lives, t.records[i])
	}
	return lives
}

// Name is the full name of a code in a year (江苏省苏州市吴中区), or "" where it was not in use.
func (t *DivisionTable) Name(code string, year int) string {
	d, ok := t.At(code, year)
	if !ok {
		return ""
	}
	return d.FullName()
}

// Parent returns the division directly above a code in a year. ok is false for a province and for a code not in use.
func (t *DivisionTable) Parent(code string, year int) (parent Division, ok bool) {
	d, ok := t.At(code, year)
	if !ok || d.Level == ProvinceLevel {
		return Division{}, false
	}
	if d.Level == CountyLevel {
		if p, ok := t.At(code[:4]+"00", year); ok {
			return p, true
		}
	}
	return t.At(code[:2]+"0000", year)
}

// Children returns the divisions directly below a code in a year, by code: prefectures and the counties that are directly
// under the province, or the counties of a prefecture. The code "" gives the provinces. A code not in use has no children.
func (t *DivisionTable) Children(code string, year int) []Division {
	year = min(year, LastDivisionYear)
	parent, known := t.At(code, year)
	prefix := ""
	switch {
	case code == "":
	case !known:
		return nil
	case parent.Level == ProvinceLevel:
		prefix = code[:2]
	case parent.Level == PrefectureLevel:
		prefix = code[:4]
	default:
		return nil
	}
	first, _ := slices.BinarySearchFunc(t.records, prefix, func(d Division, p string) int { return strings.Compare(d.Code, p) })
	var children []Division
	for _, d := range t.records[first:] {
		if !strings.HasPrefix(d.Code, prefix) {
			break
		}
		if d.in(year) && t.under(d, parent, year) {
			children = append(children, d)
		}
	}
	return children
}

// under reports whether parent (the zero Division for the state) is directly above d, whose code begins with parent's digits.
func (t *DivisionTable) under(d, parent Division, year int) bool {
	switch parent.Level {
	case ProvinceLevel:
		return d.Level == PrefectureLevel || d.Level == CountyLevel && !t.Valid(d.Code[:4]+"00", year)
	case PrefectureLevel:
		return d.Level == CountyLevel
	}
	return d.Level == ProvinceLevel
}

// Successors returns the codes that, at the end of toYear, hold the area or parts of the area that a code meant at the end of
// fromYear, sorted. The code itself is among them while it lives on, even under another name; a split gives several; a code that
// has been given to another place is not followed into that place. It is an upper bound: of an area that moved in parts, every
// part's later codes are named. It is nil where the code was not in use in fromYear, where fromYear is after toYear, and where
// the source knows no successor.
func (t *DivisionTable) Successors(code string, fromYear, toYear int) []string {
	fromYear, toYear = min(fromYear, LastDivisionYear), min(toYear, LastDivisionYear)
	first := t.at(code, fromYear)
	if first < 0 || fromYear > toYear {
		return nil
	}
	type step struct{ record, year int } // the area is in record since the end of year
	since := map[int]int{first: fromYear}
	var ends []string
	for queue := []step{{first, fromYear}}; len(queue) > 0; queue = queue[1:] {
		s := queue[0]
		for _, n := range t.next[s.record] {
			if n.year <= s.year || n.year > toYear {
				continue
			}
			to := t.at(n.code, n.year)
			if seen, ok := since[to]; to < 0 || ok && seen <= n.year {
				continue
			}
			since[to] = n.year
			queue = append(queue, step{to, n.year})
		}
	}
	for i := range since {
		if d := t.records[i]; d.in(toYear) {
			ends = append(ends, d.Code)
		}
	}
	slices.Sort(ends)
	return slices.Compact(ends)
}

// years returns the years of a six-digit code as bits, bit n for 1981+n; 0 for anything that never was a code.
func (t *DivisionTable) years(code6 []byte) uint64 {
	if len(code6) != 6 || !digits(code6) {
		return 0
	}
	p := t.pages[number(code6[:4])]
	if p == nil {
		return 0
	}
	return p[number(code6[4:])]
}

// DivisionExisted reports whether code6 was a division code in any year from 1981 to 2024. It does not allocate.
func DivisionExisted(code6 []byte) bool { return Divisions().years(code6) != 0 }

// DivisionValidIn reports whether code6 was in use on 31 December of a year (see DivisionTable for years beyond the table). It
// does not allocate.
func DivisionValidIn(code6 []byte, year int) bool {
	year = min(year, LastDivisionYear)
	if year < FirstDivisionYear {
		return false
	}
	return Divisions().years(code6)>>(year-FirstDivisionYear)&1 == 1
}

// CitizenDivision checks the county in a normalised citizen number (18 characters) against the history of the divisions and
// returns nil or the shared fault citizen.division_year. It does not allocate.
//
// A number is given out once and keeps its prefix for life, so a retired prefix is right. It can be given out at any time from
// birth on, but not before the code tables that Divisions begins with (1981; numbers are given out since 1984, at first from
// tables printed in the years before). So the prefix must have been in use at some time in or after the year max(birth, 1981).
// The table knows each 31 December only; a code retired in the year of birth was in use in its first months, so the 31 December
// before that year counts too.
//
// There is no bound on how late a prefix may come: people born long before 1984, people registered late, naturalised people and
// those whose number was corrected because two people had it all bear prefixes far younger than themselves. A prefix of no year
// up to 2024 is not faulted for those born after 2024: it may be newer than the table.
func CitizenDivision(citizen18 []byte) *Fault {
	if len(citizen18) != 18 || !digits(citizen18[:14]) {
		return faultCitizenLength
	}
	if string(citizen18[:6]) == "830000" { // residence permits of people from Taiwan; not a code of GB/T 2260
		return nil
	}
	birth := number(citizen18[6:10])
	years := Divisions().years(citizen18[:6])
	switch {
	case birth > LastDivisionYear:
		if years == 0 || years>>(LastDivisionYear-FirstDivisionYear) != 0 {
			return nil
		}
	case birth <= FirstDivisionYear:
		if years != 0 {
			return nil
		}
	case years>>(birth-1-FirstDivisionYear) != 0:
		return nil
	}
	return faultCitizenDivisionYear
}
