SELECT count(), sum(pop) FROM default.bench_point
WHERE mx BETWEEN {x0:UInt32} AND {x1:UInt32} AND my BETWEEN {y0:UInt32} AND {y1:UInt32} AND pointInPolygon((lon, lat), readWKTPolygon({shape:String}))
