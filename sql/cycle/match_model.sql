-- The model in force, and whether matching is on.
SELECT id, active, model FROM {{from "resolve.model"}} WHERE library = {{text .Library}} ORDER BY at DESC, id LIMIT 1
