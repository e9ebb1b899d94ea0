SELECT count(), sum(pop) FROM default.bench_point
WHERE mx BETWEEN {x0:UInt32} AND {x1:UInt32} AND my BETWEEN {y0:UInt32} AND {y1:UInt32} AND lon BETWEEN {west:Float64} AND {east:Float64} AND lat BETWEEN {south:Float64} AND {north:Float64}
