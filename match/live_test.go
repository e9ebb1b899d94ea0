package match

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

var testFields = []Field{{Column: "name", Kind: Name}, {Column: "dob", Kind: Date}, {Column: "id", Kind: Identifier, Scheme: "citizen", Apart: true}, {Column: "phone", Kind: Phone}}

// testModel compares by rates that were never learned, with a small cap so that blocks become too common and recover.
func testModel(cap int) *Model {
	m := &Model{Format: modelFormat, Records: 1000, Prior: 1e-3, Together: 1e-4, Keys: []string{"name/letters", "dob", "id", "phone", "dob/month"}, Cap: cap, Threshold: .95, Review: .3}
	for _, f := range testFields {
		fm := FieldModel{Field: f, Rare: 1e-3}
		fm.hide(map[string]float64{"王秀英": .01})
		for l, name := range levels[f.Kind] {
			fm.Levels = append(fm.Levels, Level{Name: name, M: usual[f.Kind][l], U: 1e-3 + .5*float64(l)/10, H: home[f.Kind][l]})
		}
		fm.weigh()
		m.Fields = append(m.Fields, fm)
	}
	return m
}

type testRecord struct {
	name   string
	values []string
}

// crowd draws records of few people, so that most share something.
func crowd(t *rapid.T, n int) []testRecord {
	names := []string{"王秀英", "王秀兰", "王绣英", "李伟", "李 伟", "Li Wei", "秀英王", ""}
	dates := []string{"1950-01-02", "1950-02-01", "19500102", "1950-01-01", "1961年3月4日", ""}
	ids := []string{"11010519491231002X", "110105194912310021", "440524188001010014", "", "11010519491231002x"}
	phones := []string{"13912345678", "13912345687", "13800138000", ""}
	pick := func(from []string, label string) string { return rapid.SampledFrom(from).Draw(t, label) }
	var out []testRecord
	for i := range n {
		out = append(out, testRecord{fmt.Sprintf("r%02d", i), []string{pick(names, "name"), pick(dates, "date"), pick(ids, "id"), pick(phones, "phone")}})
	}
	return out
}

// picture is everything that must not depend on history: edges with their scores, and clusters, by name.
func picture(l *Live) []string {
	var out []string
	for _, e := range l.All() {
		a, b := ends(l.names, e)
		out = append(out, fmt.Sprintf("%s-%s %x", a, b, math.Float64bits(e.Score)))
	}
	for i := range l.names {
		if l.seen[i] == gone {
			continue
		}
		var names []string
		for _, j := range l.Cluster(uint32(i)) {
			names = append(names, l.names[j])
		}
		out = append(out, l.names[i]+": "+strings.Join(names, " "))
	}
	slices.Sort(out)
	return out
}

// whole is the picture of the records taken in at once.
func whole(t *rapid.T, m *Model, records []testRecord) []string {
	b := NewBatch(&Mapping{Fields: testFields})
	for _, r := range records {
		b.Add(r.name, "", r.values)
	}
	x, err := b.Index(m)
	if err != nil {
		t.Fatal(err)
	}
	return picture(x.Live())
}

// TestHistoryDoesNotShow lets records come in any order, leave, change and come back: what is left is what the records that are
// there would give at once.
func TestHistoryDoesNotShow(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		m := testModel(rapid.IntRange(2, 6).Draw(t, "cap"))
		records := crowd(t, rapid.IntRange(2, 14).Draw(t, "records"))
		want := whole(t, m, records)
		l, err := NewLive(m)
		if err != nil {
			t.Fatal(err)
		}
		ignore := func(uint32) {}
		strange := crowd(t, 4)
		for _, r := range rapid.Permutation(records).Draw(t, "order") {
			switch rapid.IntRange(0, 3).Draw(t, "history") {
			case 0: // comes with other values first
				l.Put(r.name, "", strange[rapid.IntRange(0, 3).Draw(t, "as")].values, ignore)
			case 1: // comes, leaves, comes back
				l.Put(r.name, "", r.values, ignore)
				l.Remove(r.name, ignore)
			case 2: // a stranger passes by
				l.Put("stranger", "", strange[0].values, ignore)
			}
			l.Put(r.name, "", r.values, ignore)
		}
		l.Remove("stranger", ignore)
		if diff := cmp.Diff(want, picture(l)); diff != "" {
			t.Fatalf("(-at once +by history)\n%s", diff)
		}
	})
}

// TestChangedTellsAll holds a copy of the edges by what changed says: no edge appears or goes without its ends being told.
func TestChangedTellsAll(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		l, err := NewLive(testModel(rapid.IntRange(2, 5).Draw(t, "cap")))
		if err != nil {
			t.Fatal(err)
		}
		copied := map[uint32]string{}
		state := func(i uint32) string {
			var s []string
			for _, h := range l.Halves(i) {
				s = append(s, fmt.Sprintf("%s %x", l.Name(int(h.To)), math.Float64bits(h.Score)))
			}
			slices.Sort(s)
			return strings.Join(s, ",")
		}
		for _, r := range crowd(t, rapid.IntRange(2, 16).Draw(t, "records")) {
			var told []uint32
			if rapid.Bool().Draw(t, "leave") {
				l.Remove(fmt.Sprintf("r%02d", rapid.IntRange(0, 15).Draw(t, "who")), func(i uint32) { told = append(told, i) })
			}
			l.Put(r.name, "", r.values, func(i uint32) { told = append(told, i) })
			for _, i := range told {
				copied[i] = state(i)
			}
			for i := range l.names {
				if got := state(uint32(i)); got != copied[uint32(i)] {
					t.Fatalf("edges of %s are %q and nobody was told: %q", l.Name(i), got, copied[uint32(i)])
				}
			}
		}
	})
}

// TestPutAgain puts records that say what they said: nothing is told and nothing grows; and records that change until the index is worn.
func TestPutAgain(t *testing.T) {
	t.Parallel()
	l, err := NewLive(testModel(10))
	if err != nil {
		t.Fatal(err)
	}
	one, other := []string{"王秀英", "1950-01-02", "", "13912345678"}, []string{"王秀英", "1950年1月2日", "", ""}
	ignore := func(uint32) {}
	a, b := l.Put("a", "", one, ignore), l.Put("b", "", other, ignore)
	before := picture(l)
	for range 3 {
		told := 0
		again, too := l.Put("a", "", one, func(uint32) { told++ }), l.Put("b", "", []string{"王秀英", "19500102", "", ""}, func(uint32) { told++ })
		if told != 0 || again != a || too != b || l.Len() != 2 {
			t.Fatalf("%d were told, numbers %d and %d, %d in all", told, again, too, l.Len())
		}
	}
	if diff := cmp.Diff(before, picture(l)); diff != "" {
		t.Error(diff)
	}
	for i := range fewWorn {
		if l.Worn() {
			t.Fatalf("worn after %d changes", i)
		}
		l.Put("a", "", []string{"王秀英", "1950-01-02", "", fmt.Sprintf("139%08d", i)}, ignore)
	}
	if l.Worn() {
		t.Fatalf("worn after %d changes", fewWorn)
	}
	if l.Put("a", "", one, ignore); !l.Worn() {
		t.Errorf("%d numbers for two records, and not worn", l.Len())
	}
	if diff := cmp.Diff(before, picture(l)); diff != "" {
		t.Error(diff)
	}
}

// TestEitherEnd compares pairs from both ends under models that say anything: the score is the same, or both ends give the pair up,
// and neither gives up one that the whole sum would keep.
func TestEitherEnd(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		m := testModel(100)
		for f := range m.Fields {
			fm := &m.Fields[f]
			for l := range fm.Levels {
				fm.Levels[l].U = math.Exp2(-rapid.Float64Range(0, 12).Draw(t, "strangers"))
			}
			fm.Rare = math.Exp2(-rapid.Float64Range(0, 12).Draw(t, "rare"))
			fm.weigh()
		}
		b := NewBatch(&Mapping{Fields: testFields})
		for _, r := range crowd(t, 8) {
			b.Add(r.name, "", r.values)
		}
		x, err := b.Index(m)
		if err != nil {
			t.Fatal(err)
		}
		score := func(i, j int) float64 {
			return x.score(x.row(i), x.row(j))
		}
		for i := range x.len() {
			for j := range i {
				one, other, whole := score(i, j), score(j, i), x.Explain(i, j).Score
				if (one >= x.review || other >= x.review || whole >= x.review+slack) && (one != other || math.Abs(one-whole) > 1e-9) {
					t.Fatalf("%v and %v: %v from one end, %v from the other, %v in whole; review is %v", x.names[i], x.names[j], one, other, whole, x.review)
				}
			}
		}
	})
}

// TestExplanationAddsUp compares every explanation's sum with the score that decides.
func TestExplanationAddsUp(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		b := NewBatch(&Mapping{Fields: testFields})
		for _, r := range crowd(t, 8) {
			b.Add(r.name, "", r.values)
		}
		x, err := b.Index(testModel(100))
		if err != nil {
			t.Fatal(err)
		}
		for _, e := range x.Edges() {
			why := x.Explain(int(e.B), int(e.A))
			sum := why.Prior
			for _, r := range why.Reasons {
				sum += r.Weight
			}
			if math.Abs(sum-why.Score) > 1e-9 || math.Abs(e.Score-why.Score) > 1e-9 {
				t.Fatalf("score %v, explained %v, reasons add up to %v", e.Score, why.Score, sum)
			}
			if len(why.Shares) == 0 {
				t.Fatal("compared without a key in common")
			}
		}
	})
}

// TestIdentifiersKeepApart chains two people by records without a number: each stays with its own, whatever the order.
func TestIdentifiersKeepApart(t *testing.T) {
	t.Parallel()
	records := []testRecord{
		{"a", []string{"王秀英", "1949-12-31", "11010519491231002X", "13912345678"}},
		{"b", []string{"王秀英", "1949-12-31", "440524188001010014", "13912345678"}},
		{"c", []string{"王秀英", "1949-12-31", "", "13912345678"}},
		{"d", []string{"王秀英", "1949-12-31", "", "13912345678"}},
	}
	var first []string
	for seed := range uint64(24) {
		order := slices.Clone(records)
		rand.New(rand.NewPCG(seed, 1)).Shuffle(len(order), func(i, j int) { order[i], order[j] = order[j], order[i] })
		l, err := NewLive(testModel(50))
		if err != nil {
			t.Fatal(err)
		}
		for _, r := range order {
			l.Put(r.name, "", r.values, func(uint32) {})
		}
		a, _ := l.Find("a")
		b, _ := l.Find("b")
		if slices.Contains(l.Cluster(a), b) {
			t.Fatal("two valid different citizen numbers in one cluster")
		}
		if len(l.Cluster(a))+len(l.Cluster(b)) != 4 {
			t.Fatal("the records without a number belong to nobody")
		}
		if now := picture(l); first == nil {
			first = now
		} else if diff := cmp.Diff(first, now); diff != "" {
			t.Fatal(diff)
		}
	}
}

// TestSolid says which likely pairs are still for a person to look at.
func TestSolid(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		a, b []string
		want bool
	}{
		"name and birthday":                {[]string{"王秀英", "1949-12-31", "", ""}, []string{"王秀英", "1949-12-31", "", ""}, true},
		"a name alone":                     {[]string{"尉迟婉", "", "", ""}, []string{"尉迟婉", "1949-12-31", "", ""}, false},
		"twins: all but the name":          {[]string{"王秀英", "1949-12-31", "", "13912345678"}, []string{"王伟", "1949-12-31", "", "13912345678"}, false},
		"same name and telephone, a child": {[]string{"王秀英", "1949-12-31", "", "13912345678"}, []string{"王秀英", "1978-02-03", "", "13912345678"}, false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			m := testModel(10)
			for f := range m.Fields { // what does not agree speaks clearly against
				l := m.Fields[f].Levels
				for v := len(l) - 2; v < len(l); v++ {
					l[v].Weight = -6
				}
			}
			b := NewBatch(&Mapping{Fields: testFields})
			b.Add("a", "", c.a)
			b.Add("b", "", c.b)
			x, err := b.Index(m)
			if err != nil {
				t.Fatal(err)
			}
			if got := x.Solid(0, 1); got != c.want || x.Solid(1, 0) != c.want {
				t.Errorf("got %v, want %v", got, c.want)
			}
		})
	}
}
