package entity

import (
	_ "embed" // the data set is part of the program
	"encoding/csv"
	"fmt"
	"slices"
	"strconv"
	"strings"
)

//go:embed data/divisions-1981-2024.csv
var divisionData string

// Columns of the data set (data/README.md).
const (
	colCode = iota
	colProvince
	colPrefecture
	colName
	colLevel
	colStatus
	colFrom
	colUntil
	colNext
	divisionColumns
)

// directCounty stands for the prefecture of a county directly under its province.
const directCounty = "直辖"

// loadDivisions reads the embedded data set. A data set that cannot be read is a broken build, which the tests of this room
// find before anybody runs it; there is no input that leads here.
func loadDivisions() *DivisionTable {
	t, err := parseDivisions(divisionData)
	if err != nil {
		panic("entity: embedded divisions: " + err.Error())
	}
	return t
}

// parseDivisions builds the table from the data set's text.
func parseDivisions(text string) (*DivisionTable, error) {
	r := csv.NewReader(strings.NewReader(strings.TrimPrefix(text, "\ufeff")))
	r.FieldsPerRecord = divisionColumns
	rows, err := r.ReadAll()
	if err != nil {
		return nil, err
	}
	if len(rows) < 2 || rows[0][colCode] != "代码" {
		return nil, fmt.Errorf("no header beginning with 代码, or no rows")
	}
	rows = rows[1:]
	slices.SortStableFunc(rows, func(a, b []string) int {
		if c := strings.Compare(a[colCode], b[colCode]); c != 0 {
			return c
		}
		return strings.Compare(a[colFrom], b[colFrom])
	})
	t := &DivisionTable{
		records: make([]Division, 0, len(rows)),
		next:    make([][]succession, 0, len(rows)),
		byCode:  make(map[string][]int, len(rows)),
	}
	for _, row := range rows {
		if err := t.add(row); err != nil {
			return nil, fmt.Errorf("code %q: %w", row[colCode], err)
		}
	}
	t.linkRenamed()
	return t, t.checkSuccessors()
}

// add appends one row of the data set.
func (t *DivisionTable) add(row []string) error {
	d := Division{Code: row[colCode], Name: row[colName], Province: row[colProvince], Prefecture: row[colPrefecture]}
	if len(d.Code) != 6 || !digits([]byte(d.Code)) {
		return fmt.Errorf("not six digits")
	}
	level := slices.Index([]string{"省级", "地级", "县级"}, row[colLevel])
	if level < 0 {
		return fmt.Errorf("unknown level %q", row[colLevel])
	}
	d.Level = ProvinceLevel + DivisionLevel(level)
	if d.Prefecture == directCounty {
		d.Prefecture = ""
	}
	var err error
	if d.From, err = divisionYear(row[colFrom]); err != nil {
		return err
	}
	if row[colUntil] != "" {
		if d.Until, err = divisionYear(row[colUntil]); err != nil {
			return err
		}
	}
	next, err := successions(row[colNext], d.Until)
	if err != nil {
		return err
	}
	t.byCode[d.Code] = append(t.byCode[d.Code], len(t.records))
	t.records, t.next = append(t.records, d), append(t.next, next)
	t.mark(d)
	return nil
}

// mark sets the bits of a life's years.
func (t *DivisionTable) mark(d Division) {
	head, tail := number([]byte(d.Code[:4])), number([]byte(d.Code[4:]))
	if t.pages[head] == nil {
		t.pages[head] = new(page)
	}
	for y := d.From; y <= LastDivisionYear && d.in(y); y++ {
		t.pages[head][tail] |= 1 << (y - FirstDivisionYear)
	}
}

// divisionYear reads a year of the table.
func divisionYear(s string) (int, error) {
	y, err := strconv.Atoi(s)
	if err != nil || y < FirstDivisionYear || y > LastDivisionYear {
		return 0, fmt.Errorf("year %q is not from %d to %d", s, FirstDivisionYear, LastDivisionYear)
	}
	return y, nil
}

// successions reads "code;code[year]…". A code without a year took over in the year of the change.
func successions(list string, until int) ([]succession, error) {
	if list == "" {
		return nil, nil
	}
	var next []succession
	for part := range strings.SplitSeq(list, ";") {
		n := succession{code: part, year: until}
		if code, year, ok := strings.Cut(part, "["); ok {
			y, err := divisionYear(strings.TrimSuffix(year, "]"))
			if err != nil {
				return nil, err
			}
			n = succession{code, y}
		}
		if n.year == 0 {
			return nil, fmt.Errorf("successor %q has no year", part)
		}
		next = append(next, n)
	}
	return next, nil
}

// linkRenamed lets a code that the source ends without successors, and that begins another life in the same year, succeed itself:
// a plain change of name (淮阴市 became 淮安市 under 320800 in 2000). Where years lie between, the code was given to another
// place (511400: 涪陵市 until 1996, 眉山市 since 2000) and nothing is linked.
func (t *DivisionTable) linkRenamed() {
	for i, d := range t.records {
		known := slices.ContainsFunc(t.next[i], func(n succession) bool { return n.year == d.Until })
		if d.Until != 0 && !known && t.Valid(d.Code, d.Until) {
			t.next[i] = append(t.next[i], succession{d.Code, d.Until})
		}
	}
}

// checkSuccessors reports a successor that is not in use in its year: the lineage would end in nothing.
func (t *DivisionTable) checkSuccessors() error {
	for i, d := range t.records {
		for _, n := range t.next[i] {
			if !t.Valid(n.code, n.year) {
				return fmt.Errorf("code %s: successor %s is not in use in %d", d.Code, n.code, n.year)
			}
		}
	}
	return nil
}
