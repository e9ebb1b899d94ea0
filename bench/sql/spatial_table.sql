CREATE TABLE default.bench_point (id UInt32, lon Float64, lat Float64, mx UInt32, my UInt32, pop UInt16)
ENGINE = MergeTree ORDER BY (mortonEncode(mx, my), id) SETTINGS index_granularity = 1024
