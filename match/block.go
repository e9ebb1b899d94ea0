package match

import (
	"fmt"
	"math/bits"
	"math/rand/v2"
	"slices"
	"strings"

	"github.com/cespare/xxhash/v2"
)

// facet is one way to look a value up: itself, or a part that survives the usual damage.
type facet struct {
	field int
	part  int // 0: the whole value; 1: the kind's part
}

// Key is what two records must have in common to be compared: all of its facets.
type Key []facet

// parts names each kind's second facet and says at which levels two values share it.
var parts = map[Kind]struct {
	name   string
	shared []float64 // by level, how often
}{
	Name:         {"letters", []float64{1, 1, 1}},
	Text:         {"sound", []float64{1, .5, 1, .3, .1}},
	Date:         {"month", []float64{1, .5, 0, 0, .3}},
	Address:      {"numbers", []float64{1, 1}},
	Organisation: {"core", []float64{1, 1}},
}

// secondFacet hashes the kind's second facet of a value; 0 is none.
func secondFacet(kind Kind, v *value) uint64 {
	switch kind {
	case Name:
		if v.alt() != "" {
			letters := []byte(v.alt())
			slices.Sort(letters)
			return xxhash.Sum64(letters) | 1
		}
	case Text:
		return xxhash.Sum64String(sound(v)) | 1
	case Date:
		if len(v.text()) == 8 {
			return xxhash.Sum64String(v.text()[:6]) | 1
		}
	case Address, Organisation:
		if v.alt() != "" {
			return xxhash.Sum64String(v.alt()) | 1
		}
	}
	return 0
}

// sound is the first letter and the consonants behind it in classes that are mistaken for each other (Soundex, four signs); of
// Chinese text its letters.
func sound(v *value) string {
	if v.alt() != "" {
		return v.alt()
	}
	const class = "01230120022455012623010202"
	var out [4]byte
	n, last := 0, byte('0')
	for i := 0; i < len(v.text()) && n < 4; i++ {
		c := v.text()[i]
		switch {
		case c >= '0' && c <= '9':
			out[n], n, last = c, n+1, c
		case c < 'a' || c > 'z':
		case n == 0:
			out[0], n, last = c, 1, class[c-'a']
		default:
			if k := class[c-'a']; k != '0' && k != last {
				out[n] = k
				n++
				last = k
			} else if c != 'h' && c != 'w' {
				last = k
			}
		}
	}
	return string(out[:n])
}

// hash mixes the facets of a record that a key wants; 0 means that one is missing.
func (k Key) hash(t *table, row []uint32) uint64 {
	h := uint64(len(k))
	for _, f := range k {
		id := row[f.field]
		if id == 0 {
			return 0
		}
		s := t.columns[f.field].values[id].facet[f.part]
		if s == 0 {
			return 0
		}
		h = (h ^ s ^ uint64(f.field)<<8 ^ uint64(f.part)) * 0x9E3779B97F4A7C15
		h ^= h >> 29
	}
	return h | 1
}

func (k Key) name(fields []Field) string {
	var names []string
	for _, f := range k {
		n := fields[f.field].Column
		if f.part == 1 {
			n += "/" + parts[fields[f.field].Kind].name
		}
		names = append(names, n)
	}
	return strings.Join(names, " + ")
}

// parseKey reads what name wrote.
func parseKey(s string, fields []Field) (Key, error) {
	var k Key
	for name := range strings.SplitSeq(s, " + ") {
		column, part, second := strings.Cut(name, "/")
		i := slices.IndexFunc(fields, func(f Field) bool { return f.Column == column })
		if i < 0 || second && parts[fields[i].Kind].name != part {
			return nil, fmt.Errorf("blocking key %q: there is no field %q", s, name)
		}
		f := facet{field: i}
		if second {
			f.part = 1
		}
		k = append(k, f)
	}
	return k, nil
}

// Limits of a choice of keys.
const (
	drawn      = 4000   // pairs that are imagined to judge what keys would find
	sampled    = 40_000 // records on which blocks are counted
	mostKeys   = 10
	goodEnough = 0.0002 // share of pairs that may stay unfound
	perRecord  = 5      // pairs a record that all keys together may cost
	blockCap   = 400    // a block of more records tells nothing and is left out
)

// choice is one candidate with what it would find and cost.
type choice struct {
	key   Key
	cost  float64 // pairs in the whole table
	usual float64 // share of records whose block is not too large
	finds []uint64
}

// chooseKeys picks, one after the other, the key that finds most of what is not found yet for its cost. What keys find is judged
// on imagined pairs: the holes of two real records, and the usual damage of each kind.
func chooseKeys(t *table, candidates []choice, fields []FieldModel, random *rand.Rand, all float64) []Key {
	pairs := imagine(t, fields, random)
	for i := range candidates {
		candidates[i].find(pairs)
	}
	taken := make([]bool, len(candidates))
	found := make([]uint64, (drawn+63)/64)
	var keys []Key
	budget := max(perRecord*all, 300_000)
	missing := drawn
	for len(keys) < mostKeys && float64(missing) > goodEnough*drawn {
		best, score := -1, 0.0
		for i, c := range candidates {
			if taken[i] || c.cost > budget {
				continue
			}
			gain := 0
			for w, found64 := range c.finds {
				gain += bits.OnesCount64(found64 &^ found[w])
			}
			if s := float64(gain) * c.usual / (c.cost + all/2); gain > 0 && s > score {
				best, score = i, s
			}
		}
		if best < 0 {
			break
		}
		c := &candidates[best]
		missing = drawn
		for w := range found {
			if c.usual > .5 {
				found[w] |= c.finds[w]
			}
			missing -= bits.OnesCount64(found[w])
		}
		budget -= c.cost
		keys = append(keys, c.key)
		taken[best] = true
	}
	return keys
}

// imagine draws pairs of records of the same one: bit 2f+p is set when both have facet p of field f alike. Damage seldom comes
// alone, so every other pair is drawn with twice the chance of it; and every other two pairs lack the
// identifiers that keep apart, since records without one are what matching is for.
func imagine(t *table, fields []FieldModel, random *rand.Rand) []uint32 {
	pairs := make([]uint32, drawn)
	for i := range pairs {
		a, b := t.row(random.IntN(t.len())), t.row(random.IntN(t.len()))
		for f, c := range t.columns {
			if a[f] == 0 || b[f] == 0 || c.Apart && i%4 >= 2 {
				continue
			}
			x, level, l := random.Float64(), 0, fields[f].Levels
			if i%2 == 1 {
				x = 1 - (1-x)/2
			}
			for ; level < len(l)-1 && x >= l[level].M; level++ {
				x -= l[level].M
			}
			if level == 0 {
				pairs[i] |= 1 << (2 * f)
			}
			if p := parts[c.Kind]; level < len(p.shared) && random.Float64() < p.shared[level] {
				pairs[i] |= 2 << (2 * f)
			}
		}
	}
	return pairs
}

// candidateKeys lists every facet and every two facets of different fields.
func candidateKeys(t *table, sample float64) []choice {
	var all []facet
	for f, c := range t.columns {
		all = append(all, facet{f, 0})
		if parts[c.Kind].name != "" {
			all = append(all, facet{f, 1})
		}
	}
	var out []choice
	for i, a := range all {
		out = append(out, measure(t, Key{a}, sample))
		for _, b := range all[i+1:] {
			if b.field != a.field {
				out = append(out, measure(t, Key{a, b}, sample))
			}
		}
	}
	return out
}

// measure counts a key's blocks on some of the records; of all there are sample times as many as in the table.
func measure(t *table, key Key, sample float64) choice {
	step := max(1, t.len()/sampled)
	share := 1 / float64(step) / sample
	hashes := make([]uint64, 0, sampled)
	for i := 0; i < t.len(); i += step {
		if h := key.hash(t, t.row(i)); h != 0 {
			hashes = append(hashes, h)
		}
	}
	slices.Sort(hashes)
	c := choice{key: key, finds: make([]uint64, (drawn+63)/64)}
	kept := 0
	for i := 0; i < len(hashes); {
		j := i
		for j < len(hashes) && hashes[j] == hashes[i] {
			j++
		}
		if n := float64(j - i); n/share <= blockCap || n < 4 && share < 1 {
			c.cost += n * (n - 1) / 2 / share / share
			kept += j - i
		}
		i = j
	}
	c.usual = float64(kept) / max(1, float64(len(hashes)))
	return c
}

// find notes which of the imagined pairs the key would find.
func (c *choice) find(pairs []uint32) {
	clear(c.finds)
	want := uint32(0)
	for _, f := range c.key {
		want |= 1 << (2*f.field + f.part)
	}
	for i, p := range pairs {
		if p&want == want {
			c.finds[i/64] |= 1 << (i % 64)
		}
	}
}
