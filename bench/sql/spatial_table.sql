CREATE TABLE default.bench_point (id UInt32, lon Float64, lat Float64, mx UInt32, my UInt32, pop UInt16, h3 UInt64 MATERIALIZED geoToH3(lat, lon, 8))
ENGINE = MergeTree ORDER BY (mortonEncode(mx, my), id) SETTINGS index_granularity = 1024
;;
CREATE TABLE default.bench_cell (cell UInt64, n UInt64) ENGINE = SummingMergeTree ORDER BY cell
