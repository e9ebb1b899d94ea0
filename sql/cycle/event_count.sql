-- How many events the cycle has: as many as cycle/events numbers.
SELECT count() FROM {{if .Single}}{{from "resolve.change"}} WHERE library = {{text .Library}} AND cycle = {{.Cycle}}{{else}}({{template "folded" .}}){{end}}
