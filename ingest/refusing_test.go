package ingest

import (
	"fmt"
	"strings"
	"testing"

	"wuku/catalog"
)

// TestRefusingIsTold: an incident tells of a feed when the first record too many is refused, once in a while, by the feed's own limit or
// that of all; a feed within its limit is not told of, however long it goes on.
func TestRefusingIsTold(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		limit *catalog.Refusals
		every int // each so-manieth message is broken; 0: none
		n     int
		from  int64 // offset of the message that is told of; -1: none
		retry bool
	}{
		"all are right":         {nil, 0, 20_000, -1, false},
		"one in a hundred":      {nil, 100, 50_000, -1, false},
		"a new form":            {nil, 1, 20_000, 100, false},
		"one in fifty":          {nil, 50, 20_000, 50 * 100, false},
		"own limit":             {&catalog.Refusals{Most: 3, Of: 10}, 2, 30, 6, false},
		"own limit, none":       {&catalog.Refusals{Most: 0, Of: 10}, 1, 5, 0, false},
		"within the own limit":  {&catalog.Refusals{Most: 5, Of: 10}, 2, 30, -1, false},
		"retries do not count":  {&catalog.Refusals{Most: 3, Of: 10}, 1, 30, -1, true},
		"snapshots count alike": {&catalog.Refusals{Most: 3, Of: 10}, 2, 30, 6, false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			feed := personFeed()
			feed.Refusals = c.limit
			if strings.HasPrefix(name, "snapshots") {
				feed.Snapshot = &catalog.Snapshot{Mark: "mark", Begin: []string{"BEGIN"}, End: []string{"END"}}
			}
			m := newMapper(t, smallCatalog(), feed, MapperOptions{})
			var told []string
			for i := range c.n {
				msg := &Message{Topic: feed.Topic, Offset: int64(i), TimeMS: 1772672400000, Value: []byte(personRecord)}
				if c.every > 0 && i%c.every == 0 {
					msg.Value = []byte("{")
				}
				if c.retry {
					m.MapRetry(msg, &Message{Topic: TopicRetry, Offset: int64(i), TimeMS: msg.TimeMS})
				} else {
					m.Map(msg)
				}
				if i%1000 == 0 || i == c.n-1 {
					for _, a := range m.Take(feed.Topic, 0, 0, int64(i)+1).Incidents {
						if a.Kind == IncidentRefusing {
							told = append(told, fmt.Sprint(a.From))
						}
					}
				}
			}
			want := ""
			if c.from >= 0 {
				want = fmt.Sprint(c.from)
			}
			if got := strings.Join(told, " "); got != want {
				t.Errorf("told at %q, want %q", got, want)
			}
		})
	}
}
