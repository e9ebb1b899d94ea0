SELECT DISTINCT toString(anchor) FROM {{from "resolve.touched"}} WHERE library = {{text .Library}} AND cycle = {{.Cycle}}
