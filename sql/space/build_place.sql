-- Places with their open elements. A shape's point is its own, else the middle of its box. area is the place's kind.
INSERT INTO {{into "space.place"}} (ver, entity, area, lon, lat, mx, my, h3, west, south, east, north, wkt, geom, changed{{range .Elements}}, {{ident .Name}}{{end}})
SELECT {{.Version}}, entity, area, lon, lat, {{template "space-mx"}}, {{template "space-my"}}, {{template "space-h3"}}, west, south, east, north, wkt, geom, updated{{range .Elements}}, {{ident .Name}}{{end}}
FROM
(
    SELECT *, ifNull({{.Kind}}, '') AS area, ifNull({{.Geometry}}, '') AS wkt,
        startsWith(wkt, 'MULTIPOLYGON') AS many, startsWith(wkt, 'POLYGON') AS one,
        if(many, readWKTMultiPolygon(if(many, wkt, 'MULTIPOLYGON(((0 0,1 0,1 1,0 0)))')),
            if(one, [readWKTPolygon(if(one, wkt, 'POLYGON((0 0,1 0,1 1,0 0))'))], [])) AS geom,
        arrayFlatten(geom) AS corners,
        if(empty(corners), ifNull({{.Longitude}}, 0.), arrayMin(p -> p.1, corners)) AS west, if(empty(corners), ifNull({{.Latitude}}, 0.), arrayMin(p -> p.2, corners)) AS south,
        if(empty(corners), ifNull({{.Longitude}}, 0.), arrayMax(p -> p.1, corners)) AS east, if(empty(corners), ifNull({{.Latitude}}, 0.), arrayMax(p -> p.2, corners)) AS north,
        ifNull({{.Longitude}}, (west + east) / 2) AS lon, ifNull({{.Latitude}}, (south + north) / 2) AS lat
    FROM base.place
    WHERE ({{.Longitude}} IS NOT NULL AND {{.Latitude}} IS NOT NULL) OR {{.Geometry}} IS NOT NULL
)
