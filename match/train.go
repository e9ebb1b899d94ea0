package match

import (
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
)

// Sizes of training.
const (
	randomPairs = 400_000 // of which it is learned how often others agree
	probes      = 25_000  // records whose pairs are looked at
	rounds      = 40
	learnSeed   = 0x5eed
	blankLevel  = 15 // of a pair that lacks the field
)

// observed is one candidate pair: four bits a field say at which level it agrees; rare has a bit for each field in which both have
// the same value that is not common; adjust is what common values tell less than their field's rate.
type observed struct {
	levels uint64
	rare   uint16
	adjust float32
}

// learn trains a model on the records of a table: how often others agree is counted on random pairs and on the values' own
// frequencies; how often records of the same one agree is found by expectation maximisation over the pairs that share a key. It is
// a pure function of the records in their order. all is how many there are, of which the table may hold a part: keys must suit them all.
func learn(t *table, mp *Mapping, all int) (*Model, error) {
	if t.len() == 0 {
		return nil, errors.New("no records: there is nothing to learn from")
	}
	random := rand.New(rand.NewPCG(learnSeed, uint64(t.len())))
	sample := float64(all) / float64(t.len())
	m := &Model{Format: modelFormat, Records: all, Cap: max(int(blockCap/sample), 2), Across: mp.Across}
	m.Threshold, m.Review = mp.thresholds()
	others := countOthers(t, random)
	for f, c := range t.columns {
		m.Fields = append(m.Fields, initial(c, t.len(), others[f]))
	}
	n := float64(max(t.len(), 2))
	m.Prior, m.Together = 1/n, .5/n
	candidates := candidateKeys(t, sample)
	for range 2 { // the second time with keys that suit the damage that was learned the first time
		m.Keys = m.Keys[:0]
		for _, k := range chooseKeys(t, candidates, m.Fields, random, float64(all)) {
			m.Keys = append(m.Keys, k.name(t.fields))
		}
		if len(m.Keys) == 0 {
			return nil, fmt.Errorf("no column tells records apart well enough to look them up by: map a name, a number, a date or an address")
		}
		x, err := newIndex(t, m)
		if err != nil {
			return nil, err
		}
		l := &learner{table: t, model: m, random: random}
		l.observe(x)
		m.Rounds = 0
		for m.Rounds < rounds && l.round() > 1e-5 {
			m.Rounds++
		}
	}
	m.Cap = blockCap
	return m, nil
}

// countOthers counts, for each field, at which levels the values of random pairs agree.
func countOthers(t *table, random *rand.Rand) [][]float64 {
	out := make([][]float64, len(t.columns))
	for f, c := range t.columns {
		out[f] = make([]float64, len(levels[c.Kind]))
	}
	for range randomPairs {
		i, j := random.IntN(t.len()), random.IntN(t.len())
		if i == j {
			continue
		}
		a, b := t.row(i), t.row(j)
		for f, c := range t.columns {
			if a[f] != 0 && b[f] != 0 {
				level := uint8(0)
				if a[f] != b[f] {
					level = compare(c.Kind, &c.values[a[f]], &c.values[b[f]])
				}
				out[f][level]++
			}
		}
	}
	return out
}

// initial is a field before training: what others do is counted, what the same do is the usual.
func initial(c *column, records int, others []float64) FieldModel {
	f := FieldModel{Field: c.Field}
	f.hide(commonOf(c, records))
	sum := 0.0
	for _, n := range others {
		sum += n
	}
	same := 0.0 // pairs that have the same value
	for _, v := range c.values[1:] {
		same += float64(v.count) * float64(v.count-1)
	}
	filled := float64(max(c.filled, 2))
	for l, name := range levels[c.Kind] {
		u := (others[l] + 0.3) / (sum + 1)
		if l == 0 {
			u = max(same/filled/(filled-1), 1e-12)
		}
		f.Levels = append(f.Levels, Level{Name: name, M: usual[c.Kind][l], U: u, H: home[c.Kind][l]})
	}
	f.Rare = f.Levels[0].U
	f.weigh()
	return f
}

func (f *FieldModel) weigh() {
	for l := range f.Levels {
		f.Levels[l].Weight = math.Log2(f.Levels[l].M / f.Levels[l].U)
		f.Levels[l].Apart = math.Log2(f.Levels[l].M / f.Levels[l].H)
	}
}

// learner is expectation maximisation in progress.
type learner struct {
	*table
	model  *Model
	random *rand.Rand
	pairs  []observed
	scale  float64 // pairs of the table that one observed pair stands for
	rare   []rareValues
}

// rareValues counts, for a field, the values that are not common.
type rareValues struct{ records, pairs float64 }

// observe lists the pairs of every nth record with all that share a key with it.
func (l *learner) observe(x *Index) {
	step := max(1, l.len()/probes)
	l.scale = float64(step) / 2
	l.rare = make([]rareValues, len(l.columns))
	for f, c := range l.columns {
		for i := 1; i < len(c.values); i++ {
			v := &c.values[i]
			if l.common(f, v) > 0 {
				continue
			}
			l.rare[f].records += float64(v.count)
			l.rare[f].pairs += float64(v.count) * float64(v.count-1) / 2
		}
	}
	for i := 0; i < l.len(); i += step {
		a := l.row(i)
		x.others(i, func(j uint32) {
			if l.model.Across && l.source[i] == l.source[j] {
				return
			}
			b := l.row(int(j))
			var o observed
			for f, c := range l.columns {
				level := uint64(blankLevel)
				switch {
				case a[f] == 0 || b[f] == 0:
				case a[f] != b[f]:
					level = uint64(compare(c.Kind, &c.values[a[f]], &c.values[b[f]]))
				default:
					level = 0
					if share := l.common(f, &c.values[a[f]]); share > 0 {
						o.adjust += float32(math.Log2(l.model.Fields[f].Levels[0].U / share))
					} else {
						o.rare |= 1 << f
					}
				}
				o.levels |= level << (4 * f)
			}
			l.pairs = append(l.pairs, o)
		})
	}
}

// common is the share of the records that have a value of field f; 0: it is not common. Identifiers have no common values.
func (l *learner) common(f int, v *value) float64 {
	if l.columns[f].Kind == Identifier {
		return 0
	}
	return v.share(l.len())
}

// tally sums, by field and level, how probably the observed pairs are of one, or of two who belong together.
type tally struct {
	total, together float64
	same, home      [most][16]float64
	rare            [most]float64 // of the same, those with an equal value that is not common
}

// round is one expectation and maximisation; it returns how much the greatest rate moved.
func (l *learner) round() float64 {
	t := l.expect()
	moved := 0.0
	for f := range l.model.Fields {
		moved = max(moved, l.maximise(f, &t))
	}
	n := float64(max(l.len(), 2))
	rate := func(pairs float64) float64 { return min(max(pairs*l.scale/(n*(n-1)/2), 1/(n*n)), 0.5) }
	l.model.Prior, l.model.Together = rate(t.total), rate(t.together)
	return moved
}

func (l *learner) expect() (t tally) {
	m := l.model
	var weight, apart [most][16]float64
	var extra [most]float64
	for f := range m.Fields {
		for v, level := range m.Fields[f].Levels {
			weight[f][v], apart[f][v] = level.Weight, level.Apart
		}
		extra[f] = math.Log2(m.Fields[f].Levels[0].U / m.Fields[f].Rare)
	}
	prior, near := scoreOf(m.Prior), math.Log2(m.Prior/m.Together)
	for i := range l.pairs {
		o := &l.pairs[i]
		s, h := prior+float64(o.adjust), near
		for f := range m.Fields {
			v := o.levels >> (4 * f) & 15
			s += weight[f][v]
			h += apart[f][v]
			if o.rare>>f&1 == 1 {
				s += extra[f]
			}
		}
		stranger, relative := math.Exp2(-s), math.Exp2(-h)
		p := 1 / (1 + stranger + relative)
		q := relative * p
		if p+q < 1e-6 {
			continue
		}
		t.total += p
		t.together += q
		for f := range m.Fields {
			v := o.levels >> (4 * f) & 15
			t.same[f][v] += p
			t.home[f][v] += q
			if o.rare>>f&1 == 1 {
				t.rare[f] += p + q
			}
		}
	}
	return t
}

// pseudo is how many pairs the usual rates weigh against what is observed.
const pseudo = 4

func (l *learner) maximise(f int, t *tally) float64 {
	field := &l.model.Fields[f]
	all, near := 0.0, 0.0
	for v := range field.Levels {
		all += t.same[f][v]
		near += t.home[f][v]
	}
	moved := 0.0
	for v := range field.Levels {
		level := &field.Levels[v]
		m := (t.same[f][v] + pseudo*usual[field.Kind][v]) / (all + pseudo)
		h := (t.home[f][v] + pseudo*home[field.Kind][v]) / (near + pseudo)
		if most := own[field.Kind]; v < len(most) {
			h = min(h, most[v])
		}
		moved = max(moved, math.Abs(m-level.M), math.Abs(h-level.H))
		level.M, level.H = m, h
	}
	// Of the pairs that share a rare value those of the same one, or of two who belong together, do not count: others are left.
	r := l.rare[f]
	if r.records > 0 {
		others := max(r.pairs-t.rare[f]*l.scale, 0) + 1
		field.Rare = min(2*others/r.records/float64(l.len()), 1)
	}
	field.weigh()
	return moved
}
