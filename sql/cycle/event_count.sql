SELECT count() FROM {{if .Single}}{{from "resolve.change"}} WHERE library = {{text .Library}} AND cycle = {{.Cycle}}{{else}}({{template "folded" .}}){{end}}
