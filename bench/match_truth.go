package bench

import (
	"context"
	"fmt"
	"io"
	"time"

	"wuku/demo"
	"wuku/entity"
)

// LinksRun says how right the links of a demo are that matching made, and how right the entities are that came of them.
type LinksRun struct {
	People    int             `json:"people"`
	Seed      uint64          `json:"seed"`
	Loose     int             `json:"loose"` // entities without an identifier whose person or organisation has another entity
	Alone     int             `json:"alone"` // those without an identifier that have no other
	Links     int             `json:"links"`
	Right     int             `json:"right"`
	Found     int             `json:"found"` // loose entities that a right link joins
	Review    int             `json:"review"`
	Hopeful   int             `json:"review_right"` // pairs for review that are of one
	Precision float64         `json:"precision"`
	Recall    float64         `json:"recall"`
	Clusters  []*ClusterScore `json:"clusters"`
}

// Links compares the links by match that stand in an instance, and its entities, with what the demo province knows: a link is right
// when both ends are of the same person or organisation. It reads and changes nothing.
func Links(ctx context.Context, cfg TruthConfig) (*LinksRun, error) {
	p, err := demo.New(cfg.Province)
	if err != nil {
		return nil, err
	}
	run := &LinksRun{People: cfg.Province.People, Seed: cfg.Province.Seed}
	w := truthOf(p, cfg.Anchorer)
	run.Loose, run.Alone = len(w.lost), w.alone
	found := map[entity.ID]bool{}
	for _, library := range []string{entity.Person, entity.Organisation} {
		err := eachPair(ctx, cfg.Store, "cycle/match_links", library, func(a, b entity.ID) {
			run.Links++
			if w.same(a, b) {
				run.Right++
				for _, id := range []entity.ID{a, b} {
					if w.lost[id] {
						found[id] = true
					}
				}
			}
		})
		if err != nil {
			return nil, err
		}
		err = eachPair(ctx, cfg.Store, "cycle/match_reviews", library, func(a, b entity.ID) {
			if run.Review++; w.same(a, b) {
				run.Hopeful++
			}
		})
		if err != nil {
			return nil, err
		}
		s, err := w.clusters(ctx, cfg, library)
		if err != nil {
			return nil, err
		}
		run.Clusters = append(run.Clusters, s)
	}
	run.Found = len(found)
	run.Precision, run.Recall = share(run.Right, run.Links), share(run.Found, run.Loose)
	return run, nil
}

func (w *whose) same(a, b entity.ID) bool { return w.who[a] != 0 && w.who[a] == w.who[b] }

func eachPair(ctx context.Context, store Asker, statement, library string, each func(a, b entity.ID)) error {
	return store.Query(ctx, statement, map[string]any{"Library": library}, func(scan func(...any) error) error {
		var id, a, b entity.ID
		var reason string
		var at time.Time
		err := scan(&id, &a, &b, &reason, &at)
		each(a, b)
		return err
	})
}

// Print writes a run for people.
func (r *LinksRun) Print(w io.Writer) {
	fmt.Fprintf(w, "%d people: %d entities without an identifier belong to somebody who has another, %d to somebody who has none\n", r.People, r.Loose, r.Alone)
	fmt.Fprintf(w, "%d links by match, %d right: precision %.5f; %d found their own: recall %.3f; %d pairs for review, %d of one\n", r.Links, r.Right, r.Precision, r.Found, r.Recall, r.Review, r.Hopeful)
	for _, s := range r.Clusters {
		s.print(w)
	}
}
