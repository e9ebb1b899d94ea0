package space

import (
	"fmt"
	"maps"
	"math"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"wuku/demo"
)

// answerOf forecasts series that are already there.
func answerOf(series [][]float64, ahead int) *ForecastAnswer {
	a := &ForecastAnswer{Divisions: make([]DivisionForecast, len(series))}
	a.fit(series, ahead)
	return a
}

// TestForecastOfTrends: what grows goes on growing and is better than the last figure; what stands still stays; what has turned on the
// held-out years is carried forward.
func TestForecastOfTrends(t *testing.T) {
	t.Parallel()
	line := func(from, step float64, n int) (out []float64) {
		for i := range n {
			out = append(out, from+float64(i)*step)
		}
		return out
	}
	a := answerOf([][]float64{line(100, 10, pastYears), line(900, 25, pastYears)}, 5)
	if a.Method != MethodTrend || a.Error >= a.Naive/2 || a.Divisions[0].Forecast[0] <= 240 || a.Divisions[0].Forecast[4] <= a.Divisions[0].Forecast[0] {
		t.Errorf("growing: %+v", a)
	}
	a = answerOf([][]float64{line(100, 0, pastYears)}, 3)
	if a.Method != MethodCarry || a.Error != 0 || fmt.Sprint(a.Divisions[0].Forecast) != "[100 100 100]" {
		t.Errorf("standing: %+v", a)
	}
	turned := line(100, 10, pastYears)
	for i := pastYears - heldOut; i < pastYears; i++ {
		turned[i] = turned[pastYears-heldOut-1]
	}
	if a = answerOf([][]float64{turned}, 2); a.Method != MethodCarry || a.Error != 0 {
		t.Errorf("turned: %+v", a)
	}
}

// TestForecastIsNoWorse than carrying the last figure forward on the held-out years, is never below nothing and is rounded, whatever the
// past.
func TestForecastIsNoWorse(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		var series [][]float64
		for range rapid.IntRange(0, 6).Draw(t, "divisions") {
			var y []float64
			for range pastYears {
				y = append(y, float64(5*rapid.IntRange(2, 4000).Draw(t, "figure")))
			}
			series = append(series, y)
		}
		a := answerOf(series, mostAhead)
		if a.Error > a.Naive || math.IsNaN(a.Error) || math.IsNaN(a.Share) {
			t.Fatalf("%v worse than %v", a.Error, a.Naive)
		}
		for _, d := range a.Divisions {
			if len(d.Forecast) != mostAhead {
				t.Fatal(d)
			}
			for _, f := range d.Forecast {
				if f%Rounding != 0 || f > 1<<40 {
					t.Fatal(d)
				}
			}
		}
	})
}

// TestForecastOfTheDemo forecasts the demo's people by prefecture from what is known to be true of them: the error on the held-out years is
// less than that of carrying the last figure forward.
func TestForecastOfTheDemo(t *testing.T) {
	t.Parallel()
	province, err := demo.New(demo.Config{People: 20_000, Seed: 5})
	if err != nil {
		t.Fatal(err)
	}
	type life struct{ born, died, division string }
	lives := map[string]*life{}
	province.Truth(func(f demo.Fact) bool {
		if f.Entity.Library != "person" {
			return true
		}
		l := lives[f.Entity.Value]
		if l == nil {
			l = &life{}
			lives[f.Entity.Value] = l
		}
		switch f.Element {
		case "birth_date":
			l.born = f.Value
		case "death_date":
			l.died = f.Value
		case "division":
			l.division = f.Value
		}
		return true
	})
	const last = 2025
	counts := map[string][]float64{}
	for _, l := range lives {
		if len(l.division) < 4 || len(l.born) < 4 {
			continue
		}
		y := counts[l.division[:4]]
		if y == nil {
			y = make([]float64, pastYears)
			counts[l.division[:4]] = y
		}
		for i := range y {
			year := fmt.Sprint(last - pastYears + 1 + i)
			if l.born[:4] <= year && (l.died == "" || l.died[:4] > year) {
				y[i]++
			}
		}
	}
	var series [][]float64
	for _, code := range slices.Sorted(maps.Keys(counts)) {
		series = append(series, counts[code])
	}
	a := answerOf(series, 5)
	if len(series) < 10 || a.Method != MethodTrend || a.Error >= a.Naive {
		t.Errorf("%d prefectures: %s errs by %.1f, carrying forward by %.1f", len(series), a.Method, a.Error, a.Naive)
	}
	t.Logf("%d prefectures: %s errs by %.1f (%.2f %%), carrying forward by %.1f", len(series), a.Method, a.Error, 100*a.Share, a.Naive)
}
