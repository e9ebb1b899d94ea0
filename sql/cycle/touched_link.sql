-- The links and decisions that this cycle takes in: rows that no finished cycle has seen.
INSERT INTO {{into "resolve.touched_link"}} (library, cycle, id, a, b, at)
SELECT library, {{.Cycle}}, id, a, b, at
FROM {{from "resolve.link"}}
WHERE {{template "pending links" .}}
