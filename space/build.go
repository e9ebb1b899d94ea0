package space

import (
	"context"
	"fmt"
	"log/slog"
	"slices"
	"time"

	"wuku/catalog"
	"wuku/entity"
)

// How often Run looks, how long the libraries must be quiet before it builds, and after how long it builds all the same.
const (
	lookEvery = time.Second
	quiet     = 1500 * time.Millisecond
	patience  = 5 * time.Minute
)

// Run keeps the tables up with the libraries until ctx ends. With build false it only follows what another process builds.
func (s *Space) Run(ctx context.Context, build bool, log *slog.Logger) error {
	tick := time.NewTicker(lookEvery)
	defer tick.Stop()
	var since time.Time // from when on the tables have been behind
	for {
		if err := s.Refresh(ctx); err != nil && ctx.Err() == nil {
			log.Warn("which version of the places is in use cannot be read", "error", err)
		}
		if build {
			if err := s.follow(ctx, &since); err != nil && ctx.Err() == nil {
				log.Warn("the places could not be worked out, it is tried again", "error", err)
			}
		}
		select {
		case <-ctx.Done():
			return nil
		case <-tick.C:
		}
	}
}

// follow builds a version where the libraries have moved on and are quiet.
func (s *Space) follow(ctx context.Context, since *time.Time) error {
	heads, at, err := s.heads(ctx)
	if err != nil {
		return err
	}
	v := s.current.Load()
	if len(heads) == 0 || heads[entity.Place] == 0 || v != nil && !behind(v.Heads, heads) {
		*since = time.Time{}
		return nil
	}
	if since.IsZero() {
		*since = s.now()
	}
	if s.now().Sub(at) < quiet && s.now().Sub(*since) < patience {
		return nil
	}
	if _, err := s.Build(ctx); err != nil {
		return err
	}
	*since = time.Time{}
	return nil
}

func behind(old, now map[string]uint64) bool {
	for _, l := range []string{entity.Person, entity.Organisation, entity.Place} {
		if old[l] != now[l] {
			return true
		}
	}
	return false
}

// heads are the libraries' last events, and when the last of their cycles ended.
func (s *Space) heads(ctx context.Context) (heads map[string]uint64, last time.Time, err error) {
	heads = map[string]uint64{}
	err = s.store.Query(ctx, "space/heads", nil, func(scan func(...any) error) error {
		var library string
		var head uint64
		var at time.Time
		if err := scan(&library, &head, &at); err != nil {
			return err
		}
		heads[library] = head
		if at.After(last) {
			last = at
		}
		return nil
	})
	return heads, last, err
}

// head is one library's for a template.
type head struct {
	Library string
	Head    uint64
}

// build is the data of the templates that make a version.
type build struct {
	Version  uint64
	Levels   []int
	Least    int
	Heads    []head
	Elements []column
	// Expressions, for what the catalogue may not have.
	Street, Address, Sex, Born, Died, Household                string
	Industry, Founded, Ended, Employees                        string
	Longitude, Latitude, Kind, Geometry                        string
	personStreet, personAddress, placeLongitude, placeLatitude string
}

// column is one open element of the place library.
type column struct{ Name, ClickHouse string }

// Build works out a version and puts it in use. Older versions than the one before are dropped. It may be interrupted at any point.
func (s *Space) Build(ctx context.Context) (*Version, error) {
	heads, _, err := s.heads(ctx)
	if err != nil {
		return nil, err
	}
	b := s.plan()
	b.Version = uint64(s.now().UnixMilli())
	if v := s.current.Load(); v != nil {
		b.Version = max(b.Version, v.ID+1)
	}
	for _, l := range []string{entity.Person, entity.Organisation, entity.Place} {
		b.Heads = append(b.Heads, head{l, heads[l]})
	}
	if err := s.store.Define(ctx, "space/place_table", b); err != nil {
		return nil, fmt.Errorf("table of places: %w", err)
	}
	for _, step := range []string{"space/build_address", "space/build_person", "space/build_organisation", "space/build_place", "space/build_cell"} {
		if err := s.store.Exec(ctx, step, b.of(step)); err != nil {
			return nil, err
		}
	}
	if err := s.topology(ctx, b.Version); err != nil {
		return nil, err
	}
	if err := s.store.Exec(ctx, "space/finish", b); err != nil {
		return nil, err
	}
	if err := s.Refresh(ctx); err != nil {
		return nil, err
	}
	return s.current.Load(), s.clean(ctx)
}

// plan knows which elements the catalogue in force has. What it lacks is nothing.
func (s *Space) plan() *build {
	c := s.catalog()
	b := &build{Levels: []int{95, 80, 50, 20}, Least: leastConfidence}
	none := "toDate32('1900-01-01')"
	has := func(library, element, expression, otherwise string) string {
		if l := c.Library(library); l != nil && l.Element(element) != nil {
			return expression
		}
		return otherwise
	}
	b.personStreet = has(entity.Person, "residence_street", "ifNull(residence_street, '')", "''")
	b.personAddress = has(entity.Person, "residence_address", "ifNull(residence_address, '')", "''")
	b.Sex = has(entity.Person, "sex", "ifNull(sex, '')", "''")
	b.Born = has(entity.Person, "birth_date", "ifNull(birth_date, "+none+")", none)
	b.Died = has(entity.Person, "death_date", "ifNull(death_date, "+none+")", none)
	b.Household = "if(rest != '', cityHash64(d, s, rest), cityHash64(entity))"
	b.Household = has(entity.Person, "hukou_number", "if(hukou_number IS NOT NULL, cityHash64(assumeNotNull(hukou_number)), "+b.Household+")", b.Household)
	b.Street = has(entity.Organisation, "street", "ifNull(street, '')", "''")
	b.Address = has(entity.Organisation, "address", "ifNull(address, '')", "''")
	b.Industry = has(entity.Organisation, "industry", "ifNull(industry, '')", "''")
	b.Founded = has(entity.Organisation, "established", "ifNull(established, "+none+")", none)
	b.Ended = has(entity.Organisation, "cancelled", "ifNull(cancelled, "+none+")", none)
	b.Employees = has(entity.Organisation, "employees", "toUInt32(ifNull(employees, 0))", "toUInt32(0)")
	b.Longitude = has(entity.Organisation, "longitude", "longitude", "CAST(NULL, 'Nullable(Float64)')")
	b.Latitude = has(entity.Organisation, "latitude", "latitude", "CAST(NULL, 'Nullable(Float64)')")
	b.placeLongitude = has(entity.Place, "longitude", "longitude", "CAST(NULL, 'Nullable(Float64)')")
	b.placeLatitude = has(entity.Place, "latitude", "latitude", "CAST(NULL, 'Nullable(Float64)')")
	b.Kind = has(entity.Place, "kind", "kind", "''")
	b.Geometry = has(entity.Place, "geometry", "geometry", "CAST(NULL, 'Nullable(String)')")
	for _, e := range openElements(c) {
		b.Elements = append(b.Elements, column{e.Name, clickhouseType(e.Type)})
	}
	return b
}

// of gives a step its own expressions: people and organisations share the names of template fields.
func (b *build) of(step string) *build {
	x := *b
	switch step {
	case "space/build_person":
		x.Street, x.Address = b.personStreet, b.personAddress
	case "space/build_place":
		x.Longitude, x.Latitude = b.placeLongitude, b.placeLatitude
	}
	return &x
}

// openElements are the elements of places that everybody may see, but for the geometry, which has columns of its own.
func openElements(c *catalog.Catalog) []*catalog.Element {
	var out []*catalog.Element
	l := c.Library(entity.Place)
	if l == nil {
		return nil
	}
	for i := range l.Elements {
		e := &l.Elements[i]
		if e.Personal || e.Level > 1 || e.Type == catalog.TypeGeometry || slices.Contains(taken, e.Name) {
			continue
		}
		out = append(out, e)
	}
	return out
}

// taken are the table's own columns.
var taken = []string{"ver", "entity", "area", "lon", "lat", "mx", "my", "h3", "west", "south", "east", "north", "wkt", "geom", "changed"}

// clickhouseType is the engine's type of an element's column in space.place.
func clickhouseType(kind string) string {
	switch kind {
	case catalog.TypeCode:
		return "LowCardinality(Nullable(String))"
	case catalog.TypeInt:
		return "Nullable(Int64)"
	case catalog.TypeDecimal:
		return "Nullable(Decimal(18, 4))"
	case catalog.TypeFloat:
		return "Nullable(Float64)"
	case catalog.TypeBool:
		return "Nullable(Bool)"
	case catalog.TypeDate:
		return "Nullable(Date32)"
	case catalog.TypeDateTime:
		return "Nullable(DateTime64(3, 'UTC'))"
	}
	return "Nullable(String)"
}

// clean drops what is older than the version before the one in use: a query that began with that one may still run.
func (s *Space) clean(ctx context.Context) error {
	var versions []uint64
	err := s.store.Query(ctx, "space/versions", nil, func(scan func(...any) error) error {
		var v uint64
		err := scan(&v)
		versions = append(versions, v)
		return err
	})
	if err != nil {
		return err
	}
	at := slices.Index(versions, s.current.Load().ID)
	for i := range max(at-1, 0) {
		data := map[string]any{"Version": versions[i], "Tables": []string{"space.address", "space.person", "space.organisation", "space.place", "space.cell", "space.topology"}}
		if err := s.store.Exec(ctx, "space/drop", data); err != nil {
			return err
		}
	}
	return nil
}
