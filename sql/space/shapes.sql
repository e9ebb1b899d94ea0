-- The shapes of one version that are held against each other: boundaries, and what must lie in them.
SELECT entity, area, ifNull({{.Division}}, '') AS of, wkt FROM {{from "space.place"}}
WHERE ver = {version:UInt64} AND notEmpty(geom) AND area IN {areas:Array(String)}
ORDER BY entity
