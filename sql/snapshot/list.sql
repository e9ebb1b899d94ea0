-- Snapshots with what became of them, newest first.
SELECT feed, run, until, name, declared, records, refused, changed, deleted, why, at
FROM {{from "snapshot.run"}} FINAL
WHERE 1{{if .Feed}} AND feed = {{text .Feed}}{{end}}
ORDER BY at DESC, run DESC, part DESC
LIMIT {{.Limit}}
