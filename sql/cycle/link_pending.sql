-- How many rows of resolve.link no finished cycle has seen.
SELECT count() FROM {{from "resolve.link"}} WHERE library = {{text .Library}} AND (id, at) NOT IN (SELECT id, at FROM {{from "resolve.link_applied"}} WHERE library = {{text .Library}})
