-- Rows by match that no finished cycle has seen, by their time.
SELECT at, uniqExact(id) FROM {{from "resolve.link"}}
WHERE steward = 0 AND by = 'match' AND {{template "pending links" .}}
GROUP BY at
