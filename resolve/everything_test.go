package resolve_test

import (
	"fmt"
	"testing"

	"wuku/entity"
)

// TestEverythingOnce changes the rule while messages wait and links tie entities together: what the messages touch is resolved with them and
// not again with the rest, so that no anchor has two rows under one cycle.
func TestEverythingOnce(t *testing.T) {
	m := newMatching(newWorld(t))
	var first, second []message
	for i := range 40 {
		number := fmt.Sprint(i)
		first = append(first, said("a.x", int64(i), number, number, "as it was", ""))
		second = append(second, said("b.x", int64(i), number, number, "as it is", ""))
	}
	m.write(m.anchorer, first)
	m.settle()
	m.write(m.anchorer, second[:20])
	m.catalog = personCatalog(true)
	m.restart()
	if !m.cycle(m.owner) {
		t.Fatal("nothing was done")
	}
	err := m.store.Query(t.Context(), "query/test_twice", nil, func(scan func(...any) error) error {
		var anchor entity.ID
		err := scan(&anchor)
		t.Errorf("%v has two rows under one cycle", anchor)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	m.settle()
	m.verify(m.catalog)
}
