{{define "snapshot span"}}feed = {{text .Feed}} AND offset > {{.Begin}} AND offset < {{.End}}{{end -}}
-- What stands between the marks of one snapshot: records, refused ones, refused ones whose key is unknown, different keys, and records that
-- name another snapshot.
SELECT countIf(kind = 3), countIf(kind = 4), countIf(kind = 4 AND key = ''), uniqExactIf(key, key != ''), countIf(run != '' AND run != {{text .Name}})
FROM {{from "snapshot.staged"}} FINAL
WHERE {{template "snapshot span" .}} AND kind IN (3, 4)
