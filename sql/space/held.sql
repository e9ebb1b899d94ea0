-- The places of one kind, for the indexes in memory.
SELECT entity, ifNull({{.Name}}, '') AS label, ifNull({{.Division}}, '') AS of, ifNull({{.LandUse}}, '') AS used, lon, lat, mx, my, if(empty(geom), '', wkt) AS shape
FROM {{from "space.place"}} WHERE ver = {version:UInt64} AND area = {area:String}
