package cql2_test

import (
	"runtime"
	"strings"
	"testing"

	"wuku/geo/cql2"
)

// TestHostileFilters: attack rows 16, 17 and 18. Filters that are SQL, functions of other servers and of the engine, depths that eat memory,
// shapes that are none: each is refused before there is a statement, and none costs more than 10 MB. What is taken is bound, never text.
func TestHostileFilters(t *testing.T) { // not parallel: it counts what is allocated
	deep := func(n int) string {
		return strings.Repeat("(name = 'a' AND ", n) + "name = 'b'" + strings.Repeat(")", n)
	}
	ring := strings.Repeat("116 31,117 32,", 20_000) + "116 31"
	for name, filter := range map[string]string{
		"a quote that is not closed":  `name = 'a`,
		"a second statement":          `name = 'a'); DROP TABLE base.person; --`,
		"a comment":                   `name = 'a' -- and floors > 2`,
		"a block comment":             `name = 'a' /* */ OR 1=1`,
		"quotes of another alphabet":  `name = ’a’ OR ’1’=’1’`,
		"a property with a quote":     `"na""me' OR 1=1" = 'a'`,
		"a property that is not one":  `citizen_number = '1'`,
		"a function of GeoServer":     `strEndsWith(name,'x'') = true and 1=1 --') = true`,
		"another":                     `jsonArrayContains(name,'a'')) OR 1=1 --','x') = true`,
		"a function of the engine":    `file('/etc/passwd') = 'a'`,
		"another of the engine":       `url('http://127.0.0.1:1/', name) = 'a'`,
		"1,600 deep":                  deep(1600),
		"100 deep":                    deep(100),
		"5,000 conditions":            strings.Repeat("name = 'a' OR ", 4999) + "name = 'a'",
		"a shape of 40,000 corners":   "S_INTERSECTS(geometry, POLYGON((" + ring + ")))",
		"a shape of no numbers":       "S_INTERSECTS(geometry, POINT(NaN 1))",
		"a shape of infinite numbers": "S_INTERSECTS(geometry, POINT(1e999 1))",
		"an empty ring":               "S_INTERSECTS(geometry, POLYGON(()))",
		"a ring of two points":        "S_INTERSECTS(geometry, POLYGON((0 0,1 1,0 0)))",
		"a ring that crosses itself":  "S_INTERSECTS(geometry, POLYGON((0 0,1 1,1 0,0 2,0 0)))",
	} {
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		n, err := cql2.Parse(filter)
		if err == nil {
			_, _, err = cql2.Condition(n, table())
		}
		runtime.ReadMemStats(&after)
		if err == nil {
			t.Errorf("%s is taken", name)
		}
		if took := after.TotalAlloc - before.TotalAlloc; took > 10<<20 {
			t.Errorf("%s: %d bytes", name, took)
		}
	}
	for _, filter := range []string{`name LIKE '%'`, `name = '''); DROP TABLE x; --'`, `name IN ('a'' OR ''1''=''1')`, `S_INTERSECTS(geometry, POINT(1e308 1))`} {
		n, err := cql2.Parse(filter)
		if err != nil {
			t.Errorf("%s: %v", filter, err)
			continue
		}
		sql, params, err := cql2.Condition(n, table())
		if err != nil || len(params) == 0 || strings.Contains(sql, "DROP") || strings.Contains(sql, "1'") {
			t.Errorf("%s: %s, %v", filter, sql, err)
		}
	}
}
