SELECT {{if .Single}}count(){{else}}uniqExact(entity){{end}} FROM {{from "resolve.change"}} WHERE library = {{text .Library}} AND cycle > {{.Last}} AND cycle <= {{.Cycle}}
