package quality

import (
	"context"
	"fmt"
	"time"

	"wuku/catalog"
)

// Late is a feed that has missed its declared update cycle: nothing has come for longer than the cycle allows. 超期未更新
type Late struct {
	Feed       string    `json:"feed"`
	Topic      string    `json:"topic"`
	Department string    `json:"department"` // who mends it
	Contact    string    `json:"contact,omitempty"`
	Cycle      string    `json:"cycle"`
	Newest     time.Time `json:"newest"` // message
	Since      time.Time `json:"since"`  // it is late
}

// LateFeeds lists the feeds that are late now, in the catalogue's order. A feed that never sent is not connected, which is another
// indicator.
func LateFeeds(ctx context.Context, store Store, c *catalog.Catalog, now time.Time) ([]Late, error) {
	newest := map[string]time.Time{}
	err := store.Query(ctx, "query/matter_pulse", nil, func(scan func(...any) error) error {
		var feed string
		var at time.Time
		err := scan(&feed, &at)
		newest[feed] = at
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("late feeds: %w", err)
	}
	list := []Late{}
	for i := range c.Feeds {
		f := &c.Feeds[i]
		days, at := cycleDays(f.Cycle), newest[f.Name]
		if days == 0 || at.IsZero() {
			continue
		}
		if since := at.AddDate(0, 0, days); since.Before(now) {
			l := Late{Feed: f.Name, Topic: f.Topic, Department: Mender(c, f.Name), Cycle: f.Cycle, Newest: at, Since: since}
			if f.Contact != nil {
				l.Contact = f.Contact.Name
			}
			list = append(list, l)
		}
	}
	return list, nil
}
