-- Comparisons of what sources and the library hold, the newest first.
SELECT toString(feed), at, source, library, ranges, missing, altered, surplus
FROM {{from "quality.attestation"}} FINAL
{{if .Feed}}WHERE feed = {{text .Feed}}{{end}}
ORDER BY at DESC, feed LIMIT {{.Limit}}
