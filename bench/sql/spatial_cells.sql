SELECT cell, n FROM default.bench_cell ORDER BY n DESC, cell LIMIT 100
