-- Points of a tile, thinned: one for each square of the tile, with how many it stands for.
SELECT any(id) AS id, avg(lon) AS lon, avg(lat) AS lat, count() AS n, any(label) AS name
FROM (SELECT id, lon, lat, {{.Name}} AS label, mx, my FROM {{.Source}} WHERE mx BETWEEN {x0:UInt32} AND {x1:UInt32} AND my BETWEEN {y0:UInt32} AND {y1:UInt32})
GROUP BY bitShiftRight(mx, {shift:UInt8}), bitShiftRight(my, {shift:UInt8})
ORDER BY n DESC, id LIMIT {{.Most}}
