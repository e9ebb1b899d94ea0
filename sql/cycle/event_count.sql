SELECT count() FROM {{if .First}}{{template "created" .}}{{else if .Single}}{{from "resolve.change"}} WHERE library = {{text .Library}} AND cycle = {{.Cycle}}{{else}}({{template "folded" .}}){{end}}
