package main

import (
	"wuku/catalog"
	"wuku/geo"
	"wuku/ingest"
	"wuku/space"
)

// places reads a feed's coordinates in the system that it declares.
func places(system string) (ingest.Places, error) { return geo.NewReader(system) }

// space answers where and how many, from this instance's libraries.
func (s *services) space() *space.Space {
	if s.where == nil {
		s.where = space.New(s.in.store, func() *catalog.Catalog { return s.in.current.Load().catalog })
	}
	return s.where
}
