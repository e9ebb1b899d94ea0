-- Samples that were held against their authority, the newest first.
SELECT id, toString(any(library)), toString(any(element)), toString(any(authority)), any(at), countIf(verdict = 'match'), countIf(verdict = 'differs'), countIf(verdict = 'unknown')
FROM {{from "quality.truth_check"}} FINAL GROUP BY id ORDER BY any(at) DESC, id LIMIT {{.Limit}}
