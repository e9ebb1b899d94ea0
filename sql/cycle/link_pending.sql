-- How many rows of resolve.link no finished cycle has seen; with Since only of those that were written after it.
SELECT count() FROM {{from "resolve.link"}} WHERE {{template "pending links" .}}
{{- define "pending links"}}library = {{text .Library}}{{template "since" .}} AND (id, at) NOT IN (SELECT id, at FROM {{from "resolve.link_applied"}} WHERE library = {{text .Library}}{{template "since" .}}){{end}}
{{- define "since"}}{{if .Since}} AND at >= fromUnixTimestamp64Micro({{.Since}}, 'UTC'){{end}}{{end}}
