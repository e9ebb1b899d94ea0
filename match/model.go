package match

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"maps"
	"math"
	"slices"
	"strings"
)

// Model says how much each agreement tells (Fellegi and Sunter 1969), learned from the records themselves without labels. It is
// immutable once trained and may be saved: with one model the same records give the same links on every machine.
type Model struct {
	Format  int     `json:"format"`
	Records int     `json:"records"` // that it was learned from
	Prior   float64 `json:"prior"`   // probability that two records drawn at random are of the same one
	// Together is the probability that two records drawn at random are of two who live or belong together: they share an address,
	// a telephone or a surname without being one. 0: there are none such.
	Together float64      `json:"together"`
	Fields   []FieldModel `json:"fields"`
	Keys     []string     `json:"keys"` // records that have the facets of one of them in common are compared
	Cap      int          `json:"cap"`  // a key that more records share is left out
	Rounds   int          `json:"rounds"`
	Across   bool         `json:"across,omitempty"`
	// Threshold and Review are probabilities, see Mapping.
	Threshold float64 `json:"threshold"`
	Review    float64 `json:"review"`
}

// FieldModel is what one field tells.
type FieldModel struct {
	Field
	Levels []Level `json:"levels"` // how two values can agree; the last: not at all
	// Common are the values that many records share, with that share: two records that both have one are less surely the same.
	// They stand there by their digests, see digest; identifiers have none. Rare is the chance that another record has the same
	// value, for all values that are not in Common.
	Common map[string]float64 `json:"common,omitempty"`
	Salt   string             `json:"salt,omitempty"` // of the digests
	Rare   float64            `json:"rare"`
}

// Level is one way to agree.
type Level struct {
	Name   string  `json:"name"`
	M      float64 `json:"m"`      // how often records of the same one agree so
	U      float64 `json:"u"`      // how often others do
	H      float64 `json:"h"`      // how often those do who live or belong together
	Weight float64 `json:"weight"` // log2(M/U), bits, against strangers; of equal values before their own frequency is looked at
	Apart  float64 `json:"apart"`  // log2(M/H), bits, against those who live or belong together
}

// modelFormat is the format of saved models. The first had the common values themselves.
const modelFormat = 2

// Load reads a saved model.
func Load(text []byte) (*Model, error) {
	var m Model
	if err := json.Unmarshal(text, &m); err != nil {
		return nil, fmt.Errorf("model: %w", err)
	}
	if m.Format != modelFormat {
		return nil, fmt.Errorf("model: format %d; this program reads %d: train it again", m.Format, modelFormat)
	}
	if len(m.Fields) == 0 || len(m.Fields) > most || !(m.Prior > 0 && m.Prior < 1) || !(m.Review > 0 && m.Review <= m.Threshold && m.Threshold < 1) {
		return nil, fmt.Errorf("model: fields, prior or thresholds are not those of a trained model: train it again")
	}
	for i := range m.Fields {
		f := &m.Fields[i]
		if len(f.Levels) != len(levels[f.Kind]) || f.Levels[0].M <= 0 || f.Rare <= 0 {
			return nil, fmt.Errorf("model: field %s has not the levels of kind %q: train it again", f.Column, f.Kind)
		}
	}
	if _, err := m.keys(); err != nil {
		return nil, fmt.Errorf("model: %w", err)
	}
	return &m, nil
}

// Save writes a model as Load reads it, the same bytes for the same model.
func (m *Model) Save() ([]byte, error) { return json.MarshalIndent(m, "", " ") }

// Columns are the fields that the model compares, in its order.
func (m *Model) Columns() []Field {
	out := make([]Field, len(m.Fields))
	for i := range m.Fields {
		out[i] = m.Fields[i].Field
	}
	return out
}

func (m *Model) keys() ([]Key, error) {
	fields := m.Columns()
	var keys []Key
	for _, s := range m.Keys {
		k, err := parseKey(s, fields)
		if err != nil {
			return nil, err
		}
		keys = append(keys, k)
	}
	return keys, nil
}

// exact is the weight of two records that both have the value.
func (f *FieldModel) exact(text string) float64 {
	u := f.share(text)
	if u == 0 {
		u = f.Rare
	}
	return math.Log2(f.Levels[0].M / u)
}

// share of the records that have a common value; 0: it is not common.
func (f *FieldModel) share(text string) float64 {
	if len(f.Common) == 0 {
		return 0
	}
	d := f.digest(text)
	return f.Common[string(d[:])]
}

// digest stands for a value in a model, which must not hold what people said. It has 24 bits only: with the model in hand nobody can
// tell which of the thousands of telephone numbers of one digest was meant, while one value in thousands is taken for a common one.
func (f *FieldModel) digest(text string) (d [6]byte) {
	var room [128]byte
	sum := sha256.Sum256(append(append(append(room[:0], f.Salt...), 0), text...))
	hex.Encode(d[:], sum[:3])
	return d
}

// hide puts digests in place of common values; an identifier's are left out. The salt follows from the values and is another for
// other records.
func (f *FieldModel) hide(common map[string]float64) {
	f.Common, f.Salt = nil, ""
	if f.Kind == Identifier || len(common) == 0 {
		return
	}
	h := sha256.New()
	for _, text := range slices.Sorted(maps.Keys(common)) {
		fmt.Fprintf(h, "%s\x00%v\x00", text, common[text])
	}
	f.Salt, f.Common = hex.EncodeToString(h.Sum(nil)[:16]), map[string]float64{}
	for text, share := range common {
		d := f.digest(text)
		f.Common[string(d[:])] = max(f.Common[string(d[:])], share)
	}
}

// Probability is what a score in bits means.
func Probability(score float64) float64 { return 1 / (1 + math.Exp2(-score)) }

// score is the inverse of Probability.
func scoreOf(p float64) float64 { return math.Log2(p / (1 - p)) }

// commonOf are the values of a column that more than so many records have, by text.
func commonOf(c *column, records int) map[string]float64 {
	common := map[string]float64{}
	for i := range c.values {
		if share := c.values[i].share(records); share > 0 {
			common[c.values[i].text()] = share
		}
	}
	return common
}

// share of the records that have a value; 0: it is not common.
func (v *value) share(records int) float64 {
	if v.count <= uint32(max(8, records/50_000)) {
		return 0
	}
	return float64(v.count) / float64(records)
}

// Summary lists what a model learned, for people.
func (m *Model) Summary() []string {
	out := []string{fmt.Sprintf("learned from %d records in %d rounds; two records at random are of one with probability %.3g, of two who belong together with %.3g", m.Records, m.Rounds, m.Prior, m.Together)}
	for i := range m.Fields {
		f := &m.Fields[i]
		line := fmt.Sprintf("%s (%s):", f.Column, f.Kind)
		for _, l := range f.Levels {
			line += fmt.Sprintf(" %s %+.1f/%+.1f;", l.Name, l.Weight, l.Apart)
		}
		out = append(out, line+fmt.Sprintf(" %d common values", len(f.Common)))
	}
	return append(out, "compared when they share: "+strings.Join(m.Keys, "; "))
}
