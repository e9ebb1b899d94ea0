-- Places of one kind in a box around a point, the nearest first. The distance is the engine's; the caller measures again.
SELECT entity, ifNull({{.Name}}, '') AS name, ifNull({{.Division}}, '') AS division, lon, lat, geoDistance(lon, lat, {lon:Float64}, {lat:Float64}) AS metres
FROM {{from "space.place"}}
WHERE ver = {version:UInt64} AND area = {area:String} AND mx BETWEEN {x0:UInt32} AND {x1:UInt32} AND my BETWEEN {y0:UInt32} AND {y1:UInt32}
    AND metres <= {radius:Float64}
ORDER BY metres, entity LIMIT {limit:UInt64}
