-- How many places each kind has, and how many corners their shapes.
SELECT area, count() AS n, sum(arraySum(p -> arraySum(r -> length(r), p), geom)) AS corners FROM {{from "space.place"}} WHERE ver = {version:UInt64} GROUP BY area ORDER BY n + corners, area
