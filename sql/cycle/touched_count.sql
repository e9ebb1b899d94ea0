SELECT count() FROM {{from "resolve.touched"}} WHERE library = {{text .Library}} AND cycle = {{.Cycle}} AND round = {{.Round}}
