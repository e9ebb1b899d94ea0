package bench

import (
	"context"
	"fmt"
	"io"

	"wuku/demo"
	"wuku/entity"
)

// ClusterScore says how right the entities of a library are: over all pairs of its living records, what is together against what
// belongs together. Pairs that identifiers join are easy; Hard counts those only of which one record or both bear no identifier.
type ClusterScore struct {
	Library  string    `json:"library"`
	Records  int       `json:"records"`
	Loose    int       `json:"loose"`   // records that no identifier names
	Unknown  int       `json:"unknown"` // records that the truth does not know: there should be none
	Entities int       `json:"entities"`
	Truly    int       `json:"true_entities"`
	Welded   int       `json:"welded"` // entities that hold records of strangers
	Split    int       `json:"split"`  // people, or organisations, in more than one entity
	Largest  int       `json:"largest"`
	All      PairScore `json:"all"`
	Hard     PairScore `json:"hard"`
}

// PairScore compares pairs that are together with pairs that belong together.
type PairScore struct {
	Together  int     `json:"together"`
	True      int     `json:"true"`
	Right     int     `json:"right"` // both
	Precision float64 `json:"precision"`
	Recall    float64 `json:"recall"`
	F1        float64 `json:"f1"`
}

func (s *PairScore) judge() {
	s.Precision, s.Recall = share(s.Right, s.Together), share(s.Right, s.True)
	if s.Precision+s.Recall > 0 {
		s.F1 = 2 * s.Precision * s.Recall / (s.Precision + s.Recall)
	}
}

// membership counts records, with and without an identifier.
type membership struct{ named, loose int }

func (m membership) pairs() (all, hard int) {
	n := m.named + m.loose
	all = n * (n - 1) / 2
	return all, all - m.named*(m.named-1)/2
}

// whose is what the truth knows of records and identifiers.
type whose struct {
	who   map[entity.ID]uint32 // whom they name
	last  uint32
	loose map[entity.ID]bool // records that no identifier names
	lost  map[entity.ID]bool // those, one for each entity, that have another entity to be found
	alone int                // entities without an identifier that have none
}

func truthOf(p *demo.Province, a *entity.Anchorer) *whose {
	w := &whose{who: map[entity.ID]uint32{}, loose: map[entity.ID]bool{}, lost: map[entity.ID]bool{}}
	p.Same(func(s demo.Someone) bool {
		w.last++
		for i, names := range s.Names {
			for _, name := range names {
				id := idOf(a, name)
				w.who[id] = w.last
				if s.Loose[i] {
					w.loose[id] = true
				}
			}
			switch {
			case !s.Loose[i]:
			case len(s.Names) == 1:
				w.alone++
			default:
				w.lost[idOf(a, names[0])] = true
			}
		}
		return true
	})
	return w
}

// clusters compares the entities of a library with the truth.
func (w *whose) clusters(ctx context.Context, cfg TruthConfig, library string) (*ClusterScore, error) {
	s := &ClusterScore{Library: library}
	type cell struct {
		entity entity.ID
		who    uint32
	}
	cells, entities, truly := map[cell]membership{}, map[entity.ID]membership{}, map[uint32]membership{}
	data := map[string]any{"Library": library, "All": true, "Members": false, "Listed": false}
	err := cfg.Store.Query(ctx, "quality/truth_clusters", data, func(scan func(...any) error) error {
		var at entity.ID
		var feed, key, role string
		if err := scan(&at, &feed, &key, &role); err != nil {
			return err
		}
		s.Records++
		id := cfg.Anchorer.ByRecord(library, feed, []byte(key), role)
		c := cell{at, w.who[id]}
		if c.who == 0 {
			s.Unknown++
			w.last++
			c.who = w.last
		}
		one := membership{named: 1}
		if w.loose[id] {
			s.Loose++
			one = membership{loose: 1}
		}
		add(cells, c, one)
		add(entities, at, one)
		add(truly, c.who, one)
		return nil
	})
	if err != nil {
		return nil, err
	}
	inside, apart := map[entity.ID]int{}, map[uint32]int{}
	for c, m := range cells {
		inside[c.entity]++
		apart[c.who]++
		s.count(m, func(p *PairScore) *int { return &p.Right })
	}
	for _, m := range entities {
		s.Largest = max(s.Largest, m.named+m.loose)
		s.count(m, func(p *PairScore) *int { return &p.Together })
	}
	for _, m := range truly {
		s.count(m, func(p *PairScore) *int { return &p.True })
	}
	s.Entities, s.Truly, s.Welded, s.Split = len(entities), len(truly), several(inside), several(apart)
	s.All.judge()
	s.Hard.judge()
	return s, nil
}

func add[K comparable](to map[K]membership, k K, one membership) {
	m := to[k]
	to[k] = membership{m.named + one.named, m.loose + one.loose}
}

func (s *ClusterScore) count(m membership, of func(*PairScore) *int) {
	all, hard := m.pairs()
	*of(&s.All) += all
	*of(&s.Hard) += hard
}

func several[K comparable](parts map[K]int) (n int) {
	for _, k := range parts {
		if k > 1 {
			n++
		}
	}
	return n
}

func (s *ClusterScore) print(w io.Writer) {
	fmt.Fprintf(w, "%s: %d records, %d (%.1f %%) without an identifier; %d entities of %d; %d hold strangers, %d are in parts; the largest has %d records\n",
		s.Library, s.Records, s.Loose, 100*share(s.Loose, s.Records), s.Entities, s.Truly, s.Welded, s.Split, s.Largest)
	if s.Unknown > 0 {
		fmt.Fprintf(w, "  %d records are not the demo's: is this its directory, --people, --seed and --loose?\n", s.Unknown)
	}
	fmt.Fprintf(w, "  all pairs of records: precision %.6f, recall %.6f, F1 %.6f\n", s.All.Precision, s.All.Recall, s.All.F1)
	fmt.Fprintf(w, "  pairs with a record without an identifier: precision %.6f (%d of %d), recall %.4f\n", s.Hard.Precision, s.Hard.Right, s.Hard.Together, s.Hard.Recall)
}
