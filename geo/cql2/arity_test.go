package cql2

import "testing"

// TestArityOfText: an operator called with too few or too many arguments is refused in the text encoding as in JSON.
func TestArityOfText(t *testing.T) {
	t.Parallel()
	table := Table{Columns: map[string]Column{"geometry": {SQL: "g", Type: TypeGeometry}, "updated": {SQL: "u", Type: TypeTime}, "n": {SQL: "n", Type: TypeNumber}}}
	for _, text := range []string{"S_INTERSECTS(geometry)", "S_INTERSECTS()", "T_AFTER(updated)", "T_AFTER(updated, updated, updated)", "div(5)=1", "casei()='a'", "A_EQUALS(n)"} {
		n, err := Parse(text)
		if err == nil {
			_, _, err = Condition(n, &table)
		}
		if err == nil {
			t.Errorf("%s compiles", text)
		}
	}
}
