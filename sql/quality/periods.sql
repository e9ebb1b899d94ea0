-- Published periods, the newest edition of each; or one of them.
SELECT period, edition, begins, ends, catalog, marks, stamp, digest, content, published
FROM {{from "quality.period"}} FINAL
{{if .}}WHERE period = {{text .}}{{end}}
ORDER BY period DESC, edition DESC LIMIT 1 BY period
