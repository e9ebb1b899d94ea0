package serve

import (
	"context"
	"fmt"

	"github.com/paulmach/orb"

	"wuku/geo"
	"wuku/serve/access"
	"wuku/space"
)

// pointOf reads a point of a system.
func pointOf(lon, lat float64, crs string) (orb.Point, error) {
	p := orb.Point{lon, lat}
	if crs == "" {
		return p, nil
	}
	system, err := geo.ParseSystem(crs)
	if err != nil {
		return p, &space.Wrong{Field: "query.crs", Code: "invalid", Text: "unknown coordinate system"}
	}
	return system.ToGeographic(p), nil
}

func (s *Server) spaceNearest(ctx context.Context, x *exchange, in *nearestInput) (*NearAnswer, error) {
	return s.near(ctx, x, in.Layer, in.Longitude, in.Latitude, in.CRS, func(ctx context.Context, places Places, at orb.Point) ([]space.Place, error) {
		return places.Nearest(ctx, in.Layer, at, in.K)
	})
}

func (s *Server) spaceWithin(ctx context.Context, x *exchange, in *withinInput) (*NearAnswer, error) {
	return s.near(ctx, x, in.Layer, in.Longitude, in.Latitude, in.CRS, func(ctx context.Context, places Places, at orb.Point) ([]space.Place, error) {
		return places.Within(ctx, in.Layer, at, in.Radius, in.Limit)
	})
}

// near answers a search around a point.
func (s *Server) near(ctx context.Context, x *exchange, layer string, lon, lat float64, crs string, search func(context.Context, Places, orb.Point) ([]space.Place, error)) (*NearAnswer, error) {
	places, version, err := s.spaceOf(x, access.Statistics)
	if err != nil {
		return nil, err
	}
	at, err := pointOf(lon, lat, crs)
	if err != nil {
		return nil, s.spaceProblem(x, err)
	}
	found, err := bounded(ctx, s, x, func(ctx context.Context) ([]space.Place, error) { return search(ctx, places, at) })
	if err != nil {
		return nil, s.spaceProblem(x, err)
	}
	out := &NearAnswer{Layer: layer, Places: []NearPlace{}, Version: version}
	for _, p := range found {
		out.Places = append(out.Places, NearPlace{Entity: p.Entity, Name: p.Name, Division: p.Division, Longitude: p.Point[0], Latitude: p.Point[1], Metres: p.Metres})
	}
	return out, nil
}

func (s *Server) spaceDivisions(ctx context.Context, x *exchange, in *divisionsInput) (*DivisionsAnswer, error) {
	places, version, err := s.spaceOf(x, access.Statistics)
	if err != nil {
		return nil, err
	}
	list, err := cached(ctx, &s.cached, fmt.Sprintf("divisions/%d/%s/%d/%d", version.ID, in.Theme, in.Year, in.Level), s.cfg.Now(), statisticsFor, func(ctx context.Context) ([]space.DivisionCount, error) {
		return bounded(ctx, s, x, func(ctx context.Context) ([]space.DivisionCount, error) {
			list, _, err := places.ByDivision(ctx, in.Theme, in.Year, in.Level)
			return list, err
		})
	})
	if err != nil {
		return nil, s.spaceProblem(x, err)
	}
	return &DivisionsAnswer{Theme: in.Theme, Year: in.Year, Divisions: list, Note: noteOfYears, Version: version}, nil
}

func (s *Server) spaceChange(ctx context.Context, x *exchange, in *changeInput) (*ChangeAnswer, error) {
	places, version, err := s.spaceOf(x, access.Statistics)
	if err != nil {
		return nil, err
	}
	list, err := cached(ctx, &s.cached, fmt.Sprintf("change/%d/%s/%d/%d/%d", version.ID, in.Theme, in.From, in.To, in.Level), s.cfg.Now(), statisticsFor, func(ctx context.Context) ([]space.Change, error) {
		return bounded(ctx, s, x, func(ctx context.Context) ([]space.Change, error) {
			list, _, err := places.Changes(ctx, in.Theme, in.From, in.To, in.Level)
			return list, err
		})
	})
	if err != nil {
		return nil, s.spaceProblem(x, err)
	}
	return &ChangeAnswer{Theme: in.Theme, From: in.From, To: in.To, Divisions: list, Note: noteOfYears, Version: version}, nil
}

func (s *Server) forecasts(ctx context.Context, x *exchange, in *forecastInput) (*ForecastsAnswer, error) {
	places, version, err := s.spaceOf(x, access.Statistics)
	if err != nil {
		return nil, err
	}
	f, err := cached(ctx, &s.cached, fmt.Sprintf("forecast/%d/%s/%d/%d", version.ID, in.Theme, in.Level, in.Years), s.cfg.Now(), statisticsFor, func(ctx context.Context) (*space.ForecastAnswer, error) {
		return bounded(ctx, s, x, func(ctx context.Context) (*space.ForecastAnswer, error) {
			f, _, err := places.Forecast(ctx, in.Theme, in.Level, in.Years)
			return f, err
		})
	})
	if err != nil {
		return nil, s.spaceProblem(x, err)
	}
	return &ForecastsAnswer{ForecastAnswer: *f, Note: noteOfForecasts, Version: version}, nil
}
