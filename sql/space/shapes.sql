-- The shapes of one version, of some kinds, that reach into a band of longitudes.
SELECT entity, area, ifNull({{.Division}}, '') AS of, wkt FROM {{from "space.place"}}
WHERE ver = {version:UInt64} AND notEmpty(geom) AND area IN {areas:Array(String)} AND west < {to:Float64} AND east >= {from:Float64}
ORDER BY entity
