package space

import (
	"context"
	"math"

	"wuku/entity"
)

// Forecasts are made of figures that everybody may see, by damped trend: Holt's method with a trend that fades (E. S. Gardner and E. McKenzie,
// Forecasting trends in time series, Management Science 31 (1985) 1237-1246):
//
//	level(t) = a·y(t) + (1-a)·(level(t-1) + f·trend(t-1))
//	trend(t) = b·(level(t) - level(t-1)) + (1-b)·f·trend(t-1)
//	forecast(t+h) = level(t) + (f + f² + … + fʰ)·trend(t)
//
// a, b and f are the same for all divisions: those that err least when each year before the held-out ones is forecast from what came before
// it. Then the held-out years are forecast, and the error is said beside that of carrying the last figure forward. Where the trend errs
// more, the forecast is the last figure carried forward.
const (
	pastYears   = 15 // that a forecast is made from
	heldOut     = 3  // the last of them, to measure on
	firstOrigin = 5  // figures that there must be before one is forecast
	mostAhead   = 10
)

// Methods of a forecast.
const (
	MethodTrend = "damped_trend"  // 阻尼趋势
	MethodCarry = "carry_forward" // 沿用末值
)

// DivisionForecast is the past and the forecast of one division. 预测
type DivisionForecast struct {
	Code     string   `json:"code"`
	Name     string   `json:"name"`
	Past     []uint64 `json:"past"`                                                                       // one a year, to the last whole year
	Forecast []uint64 `json:"forecast"`                                                                   // one a year, from the year after that
	Error    float64  `json:"error" doc:"Mean absolute error of the method on the held-out years"`        //
	Naive    float64  `json:"naive_error" doc:"The same of carrying the last figure before them forward"` //
}

// ForecastAnswer is a forecast of a theme by division.
type ForecastAnswer struct {
	Theme      string             `json:"theme"`
	From       int                `json:"from" doc:"The first year of past"`
	Last       int                `json:"last" doc:"Its last year; forecast goes on from there"`
	Held       []int              `json:"held_out" doc:"The years on which the error was measured"`
	Method     string             `json:"method" doc:"damped_trend, or carry_forward where the trend erred more on the held-out years"`
	Parameters map[string]float64 `json:"parameters,omitempty" doc:"level, trend and damping of the damped trend"`
	Error      float64            `json:"error" doc:"Mean absolute error on the held-out years, of all divisions"`
	Share      float64            `json:"error_share" doc:"Absolute errors on the held-out years as a share of the figures"`
	Naive      float64            `json:"naive_error" doc:"The mean absolute error of carrying the last figure forward"`
	Divisions  []DivisionForecast `json:"divisions" nullable:"false"`
	Withheld   int                `json:"withheld" doc:"Divisions of which a figure is left out: they are not forecast"`
}

// Forecast forecasts a theme by division for some years ahead. It sees the rounded figures of Changes alone, so that it tells nothing that
// they do not.
func (s *Space) Forecast(ctx context.Context, theme string, level, ahead int) (*ForecastAnswer, *Version, error) {
	if ahead < 1 || ahead > mostAhead {
		return nil, nil, wrong("years", "%d years ahead; 1 to %d", ahead, mostAhead)
	}
	last := s.today().Year() - 1
	out := &ForecastAnswer{Theme: theme, From: last - pastYears + 1, Last: last, Divisions: []DivisionForecast{}}
	for y := last - heldOut + 1; y <= last; y++ {
		out.Held = append(out.Held, y)
	}
	now, v, err := s.ByDivision(ctx, theme, last, level)
	if err != nil {
		return nil, nil, err
	}
	past := make([][]Figure, len(now))
	on := Lineage(min(last, entity.LastDivisionYear))
	for year := out.From; year < last; year++ {
		sums, err := s.sums(ctx, v, Question{Theme: theme, By: SplitDivision, Year: year}, on, level)
		if err != nil {
			return nil, nil, err
		}
		for i, figure := range shownOf(now, sums) {
			past[i] = append(past[i], figure)
		}
	}
	var series [][]float64
	for i, d := range now {
		whole := gapless(append(past[i], d.Count))
		if whole == nil || d.Code == "" {
			out.Withheld++
			continue
		}
		series = append(series, whole)
		out.Divisions = append(out.Divisions, DivisionForecast{Code: d.Code, Name: nameIn(d.Code, min(last, entity.LastDivisionYear)), Past: figures(whole)})
	}
	out.fit(series, ahead)
	return out, v, nil
}

// gapless is a past without gaps; nil where a figure is left out.
func gapless(past []Figure) []float64 {
	out := make([]float64, len(past))
	for i, f := range past {
		if f == nil {
			return nil
		}
		out[i] = float64(*f)
	}
	return out
}

func figures(series []float64) []uint64 {
	out := make([]uint64, len(series))
	for i, y := range series {
		out[i] = *rounded(uint64(math.Round(max(y, 0))))
	}
	return out
}

// trend is the parameters of the damped trend. With level 1 and trend 0 it carries the last figure forward.
type trend struct{ a, b, f float64 }

// carry is the naive forecast.
var carry = trend{a: 1}

// ahead forecasts h steps from the end of a series.
func (p trend) ahead(series []float64, h int) []float64 {
	level, slope := series[0], 0.0
	if p.b > 0 {
		k := min(3, len(series)-1)
		slope = (series[k] - series[0]) / float64(k)
	}
	for _, y := range series[1:] {
		before := level
		level = p.a*y + (1-p.a)*(level+p.f*slope)
		slope = p.b*(level-before) + (1-p.b)*p.f*slope
	}
	out, fade, sum := make([]float64, h), 1.0, 0.0
	for i := range out {
		fade *= p.f
		sum += fade
		out[i] = max(level+sum*slope, 0)
	}
	return out
}

// fit chooses the parameters on the years before the held-out ones, measures on these, and forecasts.
func (a *ForecastAnswer) fit(series [][]float64, ahead int) {
	best, least := carry, math.Inf(1)
	for _, p := range candidates() {
		if e := p.rolling(series); e < least {
			best, least = p, e
		}
	}
	measure := func(p trend) (each []float64, mean, share float64) {
		total, sum, n := 0.0, 0.0, 0
		for _, y := range series {
			known := y[:len(y)-heldOut]
			e := 0.0
			for i, f := range p.ahead(known, heldOut) {
				e += math.Abs(y[len(known)+i] - f)
				sum += y[len(known)+i]
			}
			total, n = total+e, n+heldOut
			each = append(each, e/heldOut)
		}
		return each, total / float64(max(n, 1)), total / max(sum, 1)
	}
	naive, naiveMean, naiveShare := measure(carry)
	own, mean, share := measure(best)
	if best == carry || mean > naiveMean {
		best, own, mean, share = carry, naive, naiveMean, naiveShare
	}
	a.Method, a.Error, a.Share, a.Naive = MethodCarry, mean, share, naiveMean
	if best != carry {
		a.Method, a.Parameters = MethodTrend, map[string]float64{"level": best.a, "trend": best.b, "damping": best.f}
	}
	for i, y := range series {
		d := &a.Divisions[i]
		d.Forecast, d.Error, d.Naive = figures(best.ahead(y, ahead)), own[i], naive[i]
	}
}

// candidates are the parameters that are tried, the naive forecast first: what is no better than it is not taken.
func candidates() []trend {
	out := []trend{carry}
	for _, a := range []float64{0.3, 0.5, 0.7, 0.9, 1} {
		for _, b := range []float64{0.1, 0.2, 0.4, 0.6} {
			for _, f := range []float64{0.8, 0.85, 0.9, 0.95, 0.98} {
				out = append(out, trend{a, b, f})
			}
		}
	}
	return out
}

// rolling is the error of forecasting each year before the held-out ones from what came before it, up to as far ahead as is held out, as a
// share of each division's own figures: a large one weighs no more than a small one.
func (p trend) rolling(series [][]float64) float64 {
	total := 0.0
	for _, y := range series {
		known := y[:len(y)-heldOut]
		mean := 1.0
		for _, v := range known {
			mean += v / float64(len(known))
		}
		for origin := firstOrigin; origin < len(known); origin++ {
			for i, f := range p.ahead(known[:origin], min(heldOut, len(known)-origin)) {
				total += math.Abs(known[origin+i]-f) / mean
			}
		}
	}
	return total
}
