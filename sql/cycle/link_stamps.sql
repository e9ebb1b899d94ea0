-- Rows by match that no finished cycle has seen, by their time.
SELECT at, uniqExact(id) FROM {{from "resolve.link"}}
WHERE library = {{text .Library}} AND steward = 0 AND by = 'match' AND (id, at) NOT IN (SELECT id, at FROM {{from "resolve.link_applied"}} WHERE library = {{text .Library}})
GROUP BY at
