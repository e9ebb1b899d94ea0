CREATE DATABASE IF NOT EXISTS land
;;
CREATE TABLE land.{{.Name}}
(
    record_feed LowCardinality(String), record_key String, record_version UInt64, record_time DateTime64(3, 'UTC'){{range .Columns}},
    {{ident .Name}} {{.Type}}{{end}}
)
ENGINE = MergeTree ORDER BY record_key
{{- if .Golden}}
;;
CREATE DATABASE IF NOT EXISTS golden
;;
-- The cheapest golden record known: one state for the whole record, the newest by event time and version.
CREATE TABLE golden.{{.Name}}
(
    key  String,
    n    SimpleAggregateFunction(sum, UInt64),
    best SimpleAggregateFunction(max, Tuple(record_time DateTime64(3, 'UTC'), record_version UInt64{{range .Columns}}, {{ident .Name}} {{.Plain}}{{end}}))
)
ENGINE = AggregatingMergeTree ORDER BY key
;;
CREATE MATERIALIZED VIEW golden.{{.Name}}_view TO golden.{{.Name}} AS
SELECT {{ident .Key}} AS key, count() AS n, max((record_time, record_version{{range .Columns}}, {{if ne .Type .Plain}}toString({{ident .Name}}){{else}}{{ident .Name}}{{end}}{{end}})) AS best
FROM land.{{.Name}}
GROUP BY {{ident .Key}}
{{- end}}
