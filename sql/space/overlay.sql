-- Shapes of the given kinds that a shape touches, each with the part inside, as WKT. The box comes first; the engine cuts exactly. On
-- one level: with the cut in a subquery, a filter on it and a LIMIT, engine 26.7.3 loses rows.
SELECT area, ifNull({{.LandUse}}, '') AS used, entity, wkt(polygonsIntersectionCartesian(geom, readWKTMultiPolygon({shape:String}))) AS inside
FROM {{from "space.place"}}
WHERE ver = {version:UInt64} AND notEmpty(geom) AND area IN {areas:Array(String)}
    AND west <= {east:Float64} AND east >= {west:Float64} AND south <= {north:Float64} AND north >= {south:Float64}
    AND polygonsIntersectCartesian(geom, readWKTMultiPolygon({shape:String}))
ORDER BY area, entity LIMIT {limit:UInt64}
