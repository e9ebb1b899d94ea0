package quality_test

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"wuku/catalog"
	"wuku/engine/enginetest"
	"wuku/entity"
	"wuku/quality"
)

var rewrite = flag.Bool("rewrite", false, "write the golden files anew")

func TestMain(m *testing.M) { enginetest.Main(m) }

// TestInspections runs testdata/*.txt: one file a behaviour. Above the line "----" stand steps, below it what each inspection says.
//
//	FEED KEY VERSION DAY CLAIM [; CLAIM]   a message; a claim is [role=R] scheme:value… element=value…; or the word deleted
//	cycle                                  resolve what has come
//	inspect                                resolve what has come and look across records
//	changed                                the same, but look only at what has changed; at the end an inspection of all must find nothing more
//
// The catalogue (see testCatalog): a.x has most authority; b.x and c.x share the second rank, each for its city; d.x is third; e.x is in
// no list. The records of a.x, b.x and c.x are single; street and house are one group.
func TestInspections(t *testing.T) { newWorld(t).scenarios(t) }

// TestClusterInspections runs the same on two shards.
func TestClusterInspections(t *testing.T) { newCluster(t).scenarios(t) }

func (w *world) scenarios(t *testing.T) {
	t.Helper()
	files, err := filepath.Glob("testdata/*.txt")
	if err != nil || len(files) == 0 {
		t.Fatal("no scenarios", err)
	}
	for _, file := range files {
		base := filepath.Base(file)
		if w.sharded && (strings.HasPrefix(base, "declared-") || strings.HasPrefix(base, "changed-")) && base != "declared-cross.txt" {
			continue // declared-cross has their statements and more
		}
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txt"), func(t *testing.T) {
			w.t = t
			text, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			steps, want, _ := strings.Cut(string(text), "----\n")
			got := w.scenario(steps)
			if *rewrite {
				if err := os.WriteFile(file, []byte(steps+"----\n"+got), 0o644); err != nil {
					t.Fatal(err)
				}
				return
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("(-want +got)\n%s", diff)
			}
		})
	}
}

func (w *world) scenario(steps string) string {
	w.t.Helper()
	w.reset()
	var out strings.Builder
	changed := false
	for line := range strings.Lines(steps) {
		line = strings.TrimSpace(line)
		words := strings.Fields(line)
		switch {
		case line == "" || strings.HasPrefix(line, "#"):
		case line == "cycle":
			w.cycle()
		case line == "inspect":
			w.cycle()
			out.WriteString(w.inspect(false))
		case line == "changed":
			changed = true
			w.cycle()
			out.WriteString(w.inspect(true))
		default:
			w.write(w.parse(words))
		}
	}
	if changed && !w.sharded { // the same statements; once is enough
		w.nothingMore()
	}
	return out.String()
}

// inspect tells what an inspection counted, what is open after it, and what the base library calls doubted.
func (w *world) inspect(changed bool) string {
	w.t.Helper()
	var out strings.Builder
	i := quality.Inspector{Store: w.store, Catalog: testCatalog(), MembersAtOnce: 2} // so that there are slices
	var counts quality.Counts
	if changed {
		all, err := i.Changed(w.t.Context())
		if err != nil {
			w.t.Fatal(err)
		}
		out.WriteString("nothing changed\n")
		if len(all) > 0 {
			out.Reset()
			counts = all[0]
			if counts.Whole {
				out.WriteString("inspection\n")
			} else {
				fmt.Fprintf(&out, "inspection of %d anchors\n", counts.Anchors)
			}
		}
	} else {
		var err error
		if counts, err = i.Whole(w.t.Context(), entity.Person); err != nil {
			w.t.Fatal(err)
		}
		out.WriteString("inspection\n")
	}
	for _, r := range counts.Rules {
		fmt.Fprintf(&out, "  %s: %d open, %d opened, %d closed\n", r.Rule, r.Open, r.Opened, r.Closed)
	}
	w.rows("SELECT toString(rule), toString(feed), key, role, toString(element), entity FROM quality.state FINAL WHERE open ORDER BY rule, feed, key, role, element",
		func(scan func(...any) error) error {
			var rule, feed, key, role, element string
			var id entity.ID
			err := scan(&rule, &feed, &key, &role, &element, &id)
			fmt.Fprintf(&out, "  open: %s at %s\n", strings.Join(strings.Fields(strings.Join([]string{rule, feed, key, role, element}, " ")), " "), w.names[id])
			return err
		})
	var doubts []string
	w.rows("SELECT entity, doubted FROM base.person WHERE notEmpty(doubted)", func(scan func(...any) error) error {
		var id entity.ID
		var doubted []string
		err := scan(&id, &doubted)
		doubts = append(doubts, fmt.Sprintf("  doubted: %s of %s\n", strings.Join(doubted, " "), w.names[id]))
		return err
	})
	slices.Sort(doubts)
	out.WriteString(strings.Join(doubts, ""))
	return out.String()
}

// nothingMore inspects all: what was open before must be what is open after.
func (w *world) nothingMore() {
	w.t.Helper()
	counts, err := quality.Inspect(w.t.Context(), w.store, testCatalog(), entity.Person)
	if err != nil {
		w.t.Fatal(err)
	}
	for _, r := range counts.Rules {
		if r.Opened+r.Closed > 0 {
			w.t.Errorf("looking only at what had changed left out of %s: %d to open, %d to close", r.Rule, r.Opened, r.Closed)
		}
	}
}

// TestFindingsStand: a finding is one row a claim, element and rule, with the place of its message, and an inspection that finds
// nothing new writes nothing.
func TestFindingsStand(t *testing.T) {
	w := newWorld(t)
	w.reset()
	for _, line := range []string{"a.x 1 1 1 citizen:1 name=Ann", "b.x 2 1 1 citizen:1 name=Bea", "a.x 3 1 2 citizen:1 name=Ann"} {
		w.write(w.parse(strings.Fields(line)))
	}
	w.cycle()
	for range 2 {
		if _, err := quality.Inspect(t.Context(), w.store, testCatalog(), entity.Person); err != nil {
			t.Fatal(err)
		}
	}
	var got []string
	w.rows("SELECT toString(rule), toString(feed), key, toString(topic), offset, revision, position(detail, 'a.x') > 0, position(detail, 'Bea') + position(detail, 'Ann') FROM quality.finding ORDER BY rule",
		func(scan func(...any) error) error {
			var rule, feed, key, topic string
			var offset, value uint64
			var revision uint32
			var names uint8
			err := scan(&rule, &feed, &key, &topic, &offset, &revision, &names, &value)
			got = append(got, fmt.Sprintf("%s %s/%s %s@%d r%d names the winner: %d, shows a value: %d", rule, feed, key, topic, offset, revision, names, value))
			return err
		})
	want := []string{"cross.differs b.x/2 src.b.x@0 r1 names the winner: 1, shows a value: 0",
		"record.duplicate a.x/1 src.a.x@0 r1 names the winner: 0, shows a value: 0"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("findings (-want +got)\n%s", diff)
	}
	var states, left uint64
	w.rows("SELECT count(), (SELECT count() FROM quality.inspected) FROM quality.state", func(scan func(...any) error) error { return scan(&states, &left) })
	if states != 2 || left != 0 {
		t.Errorf("%d rows of state and %d of the work list after two inspections, want 2 and none", states, left)
	}
}

func TestUnknownLibrary(t *testing.T) {
	t.Parallel()
	if _, err := quality.Inspect(t.Context(), nil, testCatalog(), "nothing"); err == nil || !strings.Contains(err.Error(), "nothing") {
		t.Errorf("got %v, want an error that names the library", err)
	}
}

// TestOutsideFeedsDifferAsTheyPlease: what a feed of the lower class says otherwise is no finding, what a department does is.
func TestOutsideFeedsDifferAsTheyPlease(t *testing.T) {
	w := newWorld(t)
	for outside, want := range map[bool]string{false: "[{cross.differs 1 1 0}]", true: "[]"} {
		w.reset()
		c := testCatalog()
		c.Packs = nil
		if outside {
			c.Feed("d.x").Class = catalog.ClassOutside
		}
		for _, m := range []string{"a.x 1 1 1 citizen:1 name=甲", "d.x 1 1 1 citizen:1 name=乙"} {
			w.write(w.parse(strings.Fields(m)))
		}
		w.cycle()
		counts, err := quality.Inspect(t.Context(), w.store, c, entity.Person)
		if got := fmt.Sprint(counts.Rules); err != nil || got != want {
			t.Errorf("outside %v: %s, %v, want %s", outside, got, err, want)
		}
	}
}
