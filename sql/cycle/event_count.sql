SELECT uniqExact(entity) FROM {{from "resolve.change"}} WHERE library = {{text .Library}} AND cycle > {{.Last}} AND cycle <= {{.Cycle}}
