-- The newest finished version.
SELECT id, heads, counts, finished FROM {{from "space.version"}} ORDER BY id DESC LIMIT 1
