package match

import (
	"math/rand/v2"
	"slices"

	"github.com/cespare/xxhash/v2"
)

// Interval is a range in which a figure lies with 95 % confidence.
type Interval struct {
	Low  float64 `json:"low"`
	High float64 `json:"high"`
}

const (
	portions = 200 // that the truth is cut into; whole clusters of the truth go into one
	redraws  = 1000
)

// Confidence gives the interval of F1 by redrawing portions of the truth (a bootstrap over clusters, since pairs of one cluster are
// not independent). It is a pure function of its arguments.
func Confidence(clusters []uint32, truth []string) Interval {
	type sums struct{ right, found, known float64 }
	parts := make([]sums, portions)
	part := func(label string) *sums { return &parts[xxhash.Sum64String(label)%portions] }
	type both struct {
		cluster uint32
		label   string
	}
	cross, found, known, name := map[both]float64{}, map[uint32]float64{}, map[string]float64{}, map[uint32]string{}
	for i, label := range truth {
		if label == "" {
			continue
		}
		cross[both{clusters[i], label}]++
		found[clusters[i]]++
		known[label]++
		if _, ok := name[clusters[i]]; !ok {
			name[clusters[i]] = label
		}
	}
	for b, n := range cross {
		part(b.label).right += n * (n - 1) / 2
	}
	for c, n := range found {
		part(name[c]).found += n * (n - 1) / 2
	}
	for label, n := range known {
		part(label).known += n * (n - 1) / 2
	}
	r := rand.New(rand.NewPCG(1, 2))
	list := make([]float64, redraws)
	for i := range list {
		var s sums
		for range portions {
			p := &parts[r.IntN(portions)]
			s.right, s.found, s.known = s.right+p.right, s.found+p.found, s.known+p.known
		}
		if s.found+s.known > 0 {
			list[i] = 2 * s.right / (s.found + s.known)
		}
	}
	slices.Sort(list)
	return Interval{list[redraws*25/1000], list[redraws*975/1000-1]}
}
