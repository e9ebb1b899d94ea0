-- The boundary of a county.
SELECT wkt FROM {{from "space.place"}} WHERE ver = {version:UInt64} AND area = '5' AND ifNull({{.Division}}, '') = {code:String} AND notEmpty(geom) ORDER BY changed DESC LIMIT 1
