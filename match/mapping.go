package match

import (
	"fmt"
	"slices"
	"strings"
)

// Field is one column that is compared.
type Field struct {
	// Column is its name, or the names of several that hold the parts of one value, in the value's order: year:month:day.
	Column string `json:"column"`
	Kind   Kind   `json:"kind"`
	// Scheme of an identifier, as in entity.Normalise: its check decides which values can be right. "" takes any value.
	Scheme string `json:"scheme,omitempty"`
	// Apart says that two different valid values cannot be one and the same: such records are never clustered, whatever else agrees.
	Apart bool `json:"apart,omitempty"`
}

// Mapping says what the columns of a file are. A column that no field names is carried along and not looked at.
type Mapping struct {
	ID     string  `json:"id,omitempty"`     // column with the record's name, unique; "": its row number
	Source string  `json:"source,omitempty"` // column that says which list a record is of; see Across
	Across bool    `json:"across,omitempty"` // compare records of different sources only
	Fields []Field `json:"fields"`
	// Threshold is the probability from which two records are linked, and Review that from which a person is asked. 0 takes
	// DefaultThreshold and DefaultReview.
	Threshold float64 `json:"threshold,omitempty"`
	Review    float64 `json:"review,omitempty"`
}

// The thresholds that hold for every file unless its mapping says otherwise.
const (
	DefaultThreshold = 0.95
	DefaultReview    = 0.5
)

// most is the greatest number of fields: a pair's levels fit one word.
const most = 16

// Check returns what is wrong with a mapping; header lists the columns of the file.
func (m *Mapping) Check(header []string) error {
	if len(m.Fields) == 0 {
		return fmt.Errorf("mapping: no fields: name at least one column to compare")
	}
	if len(m.Fields) > most {
		return fmt.Errorf("mapping: %d fields; at most %d can be compared: leave out those that tell least", len(m.Fields), most)
	}
	seen := map[string]bool{}
	for _, f := range m.Fields {
		if levels[f.Kind] == nil {
			return fmt.Errorf("mapping: column %s: kind %q is not known: choose %s", f.Column, f.Kind, strings.Join(Kinds(), ", "))
		}
		if seen[f.Column] {
			return fmt.Errorf("mapping: column %s is named twice", f.Column)
		}
		if f.Apart && f.Kind != Identifier {
			return fmt.Errorf("mapping: column %s: only an identifier can keep records apart", f.Column)
		}
		seen[f.Column] = true
	}
	for _, c := range m.columns(header) {
		if !slices.Contains(header, c) {
			return fmt.Errorf("mapping: the file has no column %q; it has %s", c, strings.Join(header, ", "))
		}
	}
	t, r := m.thresholds()
	if !(r > 0 && r <= t && t < 1) {
		return fmt.Errorf("mapping: review %v and threshold %v: want 0 < review <= threshold < 1", r, t)
	}
	return nil
}

// parts are the columns of a file that hold a field's value.
func (f *Field) parts(header []string) []string {
	if slices.Contains(header, f.Column) {
		return []string{f.Column}
	}
	return strings.Split(f.Column, ":")
}

func (m *Mapping) columns(header []string) []string {
	var names []string
	for i := range m.Fields {
		names = append(names, m.Fields[i].parts(header)...)
	}
	for _, c := range []string{m.ID, m.Source} {
		if c != "" {
			names = append(names, c)
		}
	}
	return names
}

func (m *Mapping) thresholds() (threshold, review float64) {
	threshold, review = m.Threshold, m.Review
	if threshold == 0 {
		threshold = DefaultThreshold
	}
	if review == 0 {
		review = min(DefaultReview, threshold)
	}
	return threshold, review
}

// Kinds lists the kinds by name.
func Kinds() []string {
	var names []string
	for k := range levels {
		names = append(names, string(k))
	}
	slices.Sort(names)
	return names
}
