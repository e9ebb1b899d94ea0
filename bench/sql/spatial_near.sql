SELECT id, geoDistance(lon, lat, {lon:Float64}, {lat:Float64}) AS metres FROM default.bench_point
WHERE mx BETWEEN {x0:UInt32} AND {x1:UInt32} AND my BETWEEN {y0:UInt32} AND {y1:UInt32} AND metres <= {radius:Float64} ORDER BY metres, id LIMIT 10
