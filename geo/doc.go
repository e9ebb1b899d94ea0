// Package geo knows places on the earth: coordinate systems and how to get from one to another, whether a geometry is one,
// areas and distances on the ellipsoid, and indexes that find what is near or inside. It does no I/O and keeps no state; tables
// and queries of places are package sql's and store's.
//
// Coordinates are orb points, X east (longitude), Y north (latitude), in degrees for geographic systems and metres for projected
// ones, whatever order a standard writes them in: see System.NorthFirst. The libraries keep CGCS2000 (EPSG:4490). CGCS2000 and
// WGS84 are taken as equal: they differ by centimetres, which no transformation in general use removes, and PROJ does the same.
package geo
