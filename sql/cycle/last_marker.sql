-- The last finished cycle of a library.
SELECT cycle, catalog, rule, marks, seq_to FROM {{from "resolve.marker"}} WHERE library = {{text .Library}} ORDER BY cycle DESC LIMIT 1
