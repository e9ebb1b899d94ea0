package main

import (
	"wuku/geo"
	"wuku/ingest"
)

// places reads a feed's coordinates in the system that it declares.
func places(system string) (ingest.Places, error) { return geo.NewReader(system) }
