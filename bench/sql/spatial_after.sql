OPTIMIZE TABLE default.bench_point FINAL
;;
INSERT INTO default.bench_cell SELECT h3, count() FROM default.bench_point GROUP BY h3
