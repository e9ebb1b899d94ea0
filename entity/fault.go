package entity

// Fault is what is wrong with a value, a message or a file, in words that its owner can act on. It never holds the value.
// Code is stable and stands in quarantine, findings and documents.
type Fault struct {
	Code    string // for example "citizen.check"
	Message string // what is wrong
	Field   string // where, in the source's own words ("" for the whole message)
	Hint    string // what to do
}

// Error says what is wrong, where, and what to do.
func (f *Fault) Error() string {
	s := f.Message
	if f.Field != "" {
		s = f.Field + ": " + s
	}
	if f.Hint != "" {
		s += " (" + f.Hint + ")"
	}
	return s
}

// In returns a copy of the fault with its field set.
func (f *Fault) In(field string) *Fault {
	g := *f
	g.Field = field
	return &g
}

// Rules about shapes that do not fit: package space finds them, package quality makes findings of them.
const (
	RuleOverlaps = "entity.overlaps"         // 图形重叠
	RuleOutside  = "entity.outside_division" // 图形越界
)
