package entity_test

import (
	"encoding/csv"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"

	"wuku/entity"
)

// sourceRow is one line of the data set as it is printed.
type sourceRow struct {
	code, name  string
	from, until int
	next        map[int][]string // by year
}

func (r *sourceRow) in(year int) bool { return r.from <= year && (r.until == 0 || year < r.until) }

// sourceRows reads the data set without our reader.
func sourceRows(t *testing.T) map[string][]*sourceRow {
	t.Helper()
	text, err := os.ReadFile("data/divisions-1981-2024.csv")
	if err != nil {
		t.Fatal(err)
	}
	lines, err := csv.NewReader(strings.NewReader(strings.TrimPrefix(string(text), "\ufeff"))).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	rows := map[string][]*sourceRow{}
	for _, l := range lines[1:] {
		r := &sourceRow{code: l[0], name: l[3], next: map[int][]string{}}
		r.from, _ = strconv.Atoi(l[6])
		r.until, _ = strconv.Atoi(l[7])
		for code := range strings.SplitSeq(l[8], ";") {
			code, at, dated := strings.Cut(code, "[")
			year := r.until
			if dated {
				year, _ = strconv.Atoi(strings.TrimSuffix(at, "]"))
			}
			if code != "" {
				r.next[year] = append(r.next[year], code)
			}
		}
		rows[r.code] = append(rows[r.code], r)
	}
	return rows
}

func rowAt(rows map[string][]*sourceRow, code string, year int) *sourceRow {
	for _, r := range rows[code] {
		if r.in(year) {
			return r
		}
	}
	return nil
}

// walk follows an area year by year: to the codes that a change names, and to the code's own next life where it goes on at once.
func walk(rows map[string][]*sourceRow, start *sourceRow, from, to int) []string {
	at := map[*sourceRow]bool{start: true}
	for year := from + 1; year <= to; year++ {
		now := map[*sourceRow]bool{}
		for r := range at {
			heirs := r.next[year]
			if r.in(year) {
				now[r] = true
			} else if len(heirs) == 0 {
				heirs = []string{r.code}
			}
			for _, code := range heirs {
				if heir := rowAt(rows, code, year); heir != nil {
					now[heir] = true
				}
			}
		}
		at = now
	}
	var codes []string
	for r := range at {
		codes = append(codes, r.code)
	}
	slices.Sort(codes)
	return slices.Compact(codes)
}

// TestDivisionsAreTheSources: for every code and year of the data set, use, name and lineage are what its lines say.
func TestDivisionsAreTheSources(t *testing.T) {
	t.Parallel()
	rows, table, asked := sourceRows(t), entity.Divisions(), 0
	for code := range rows {
		for year := entity.FirstDivisionYear; year <= entity.LastDivisionYear; year++ {
			r := rowAt(rows, code, year)
			d, ok := table.At(code, year)
			if ok != (r != nil) || ok && (d.Name != r.name || d.From != r.from || d.Until != r.until) || entity.DivisionValidIn([]byte(code), year) != ok {
				t.Fatalf("%s in %d: %+v, %v; the source says %+v", code, year, d, ok, r)
			}
			if r == nil {
				if got := table.Successors(code, year, entity.LastDivisionYear); got != nil {
					t.Fatalf("%s was not in use in %d and has successors %v", code, year, got)
				}
				continue
			}
			for _, to := range []int{year, year + 1, 2000, 2012, entity.LastDivisionYear} {
				if to < year || to > entity.LastDivisionYear {
					continue
				}
				asked++
				if got, want := table.Successors(code, year, to), walk(rows, r, year, to); !slices.Equal(got, want) {
					t.Errorf("%s of %d at the end of %d: %v, the source says %v", code, year, to, got, want)
				}
			}
		}
	}
	if len(rows) != 6450 || asked < 500_000 {
		t.Errorf("%d codes, %d questions of lineage", len(rows), asked)
	}
}
