-- Shapes of the given kinds that a shape touches, each with the part inside, as WKT. The box comes first; the engine cuts exactly.
SELECT area, ifNull({{.LandUse}}, '') AS land_use, entity, wkt(part) AS inside
FROM
(
    SELECT area, entity{{if ne .LandUse "''"}}, {{.LandUse}}{{end}}, polygonsIntersectionCartesian(geom, readWKTMultiPolygon({shape:String})) AS part
    FROM {{from "space.place"}}
    WHERE ver = {version:UInt64} AND notEmpty(geom) AND area IN {areas:Array(String)}
        AND west <= {east:Float64} AND east >= {west:Float64} AND south <= {north:Float64} AND north >= {south:Float64}
)
WHERE notEmpty(part)
ORDER BY area, entity LIMIT {limit:UInt64}
