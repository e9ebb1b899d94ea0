package resolve

import (
	"context"
	"fmt"
	"time"

	"github.com/google/uuid"

	"wuku/entity"
	"wuku/match"
)

// PutModel puts a model, as match.Model.Save writes it, into force for a library, or with "" takes matching back, and returns the
// model's id. Of those before it only who put them there and when is kept.
func PutModel(ctx context.Context, store Store, links Links, library, text, by string, catalog uint32, at time.Time) (entity.ID, error) {
	id := uuid.New()
	active := flag(text != "")
	at = at.UTC().Truncate(time.Microsecond)
	if err := links.Append(ctx, "query/model_add", nil, [][]any{{library, id, active, text, catalog, by, at}}); err != nil {
		return id, err
	}
	return id, store.Exec(ctx, "query/model_blank", map[string]any{"Library": library, "ID": id.String(), "At": at.UnixMicro()})
}

// CurrentModel is the model in force for a library; nil, and the zero ID, when nothing is matched.
func CurrentModel(ctx context.Context, store Store, library string) (id entity.ID, m *match.Model, err error) {
	var active uint8
	var text string
	err = store.Query(ctx, "cycle/match_model", map[string]any{"Library": library}, func(scan func(...any) error) error { return scan(&id, &active, &text) })
	if err != nil || active == 0 {
		return entity.ID{}, nil, err
	}
	if m, err = match.Load([]byte(text)); err != nil {
		return id, nil, fmt.Errorf("library %s: %w", library, err)
	}
	return id, m, nil
}

// Learn trains a model on a library's living claims, one record each, at most limit of them.
func Learn(ctx context.Context, c Config, mapping *match.Mapping, limit int) (*match.Model, error) {
	o := &Owner{Config: c}
	w := o.data()
	w.All, w.Limit = true, limit
	for _, f := range mapping.Fields {
		w.Fields = append(w.Fields, f.Column)
	}
	b := match.NewBatch(mapping)
	values := make([]string, len(w.Fields))
	var feed string
	dest := []any{&feed}
	for i := range values {
		dest = append(dest, &values[i])
	}
	n := 0
	err := c.Store.Query(ctx, "cycle/learn_rows", w, func(scan func(...any) error) error {
		if err := scan(dest...); err != nil {
			return err
		}
		b.Add(fmt.Sprint(n), feed, values)
		n++
		return nil
	})
	if err != nil {
		return nil, err
	}
	return b.Learn()
}
