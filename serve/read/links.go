package read

import (
	"context"
	"slices"

	"github.com/ClickHouse/clickhouse-go/v2"

	"wuku/entity"
	"wuku/serve/access"
)

// Holder is a value that entities of a library may hold in an element.
type Holder struct{ Library, Element, Value string }

// Held is an entity that holds, or held, a value that was asked for.
type Held struct {
	Library, Element string
	Entity           entity.ID
}

// Holders finds up to limit entities for each value, by the index of references, which an inspection brings up to date: what it says of
// an entity must be looked at in the entity itself, under a decision on it. The decisions must allow relations and show every element
// that is asked about.
func (r *Reads) Holders(ctx context.Context, decisions map[string]access.Decision, wanted []Holder, limit int) (found []Held, err error) {
	if len(wanted) == 0 {
		return nil, nil
	}
	var libraries, elements, values []string
	for _, w := range wanted {
		d := decisions[w.Library]
		if !d.Valid() || d.Operation() != access.Relations || !slices.Contains(d.Fields(), w.Element) {
			return nil, errDecision
		}
		libraries, elements, values = append(libraries, w.Library), append(elements, w.Element), append(values, w.Value)
	}
	ctx, cancel := context.WithTimeout(ctx, queryTimeout)
	defer cancel()
	err = r.source.Query(ctx, "query/serve_links", nil, func(scan func(...any) error) error {
		var h Held
		err := scan(&h.Library, &h.Element, &h.Entity)
		found = append(found, h)
		return err
	}, clickhouse.Named("libraries", libraries), clickhouse.Named("elements", elements), clickhouse.Named("values", values), clickhouse.Named("limit", uint64(limit)))
	return found, err
}
