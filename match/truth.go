package match

// Figures compare clusters with the truth, over all pairs of records: precision is the share of the clustered pairs that are
// right, recall the share of the true pairs that are clustered.
type Figures struct {
	Precision float64 `json:"precision"`
	Recall    float64 `json:"recall"`
	F1        float64 `json:"f1"`
	Pairs     int     `json:"pairs"`      // in the clusters
	TruePairs int     `json:"true_pairs"` // in the truth
	Right     int     `json:"right"`      // in both
	Largest   int     `json:"true_largest"`
}

// Judge compares clusters with the truth, both as a label a record; a record whose truth is "" is not judged.
func Judge(clusters []uint32, truth []string) Figures {
	type both struct {
		cluster uint32
		label   string
	}
	cross, found, known := map[both]int{}, map[uint32]int{}, map[string]int{}
	for i, label := range truth {
		if label == "" {
			continue
		}
		cross[both{clusters[i], label}]++
		found[clusters[i]]++
		known[label]++
	}
	var f Figures
	for _, n := range cross {
		f.Right += n * (n - 1) / 2
	}
	for _, n := range found {
		f.Pairs += n * (n - 1) / 2
	}
	for _, n := range known {
		f.TruePairs += n * (n - 1) / 2
		f.Largest = max(f.Largest, n)
	}
	f.Precision, f.Recall, f.F1 = 1, 1, 0
	if f.Pairs > 0 {
		f.Precision = float64(f.Right) / float64(f.Pairs)
	}
	if f.TruePairs > 0 {
		f.Recall = float64(f.Right) / float64(f.TruePairs)
	}
	if f.Precision+f.Recall > 0 {
		f.F1 = 2 * f.Precision * f.Recall / (f.Precision + f.Recall)
	}
	return f
}
