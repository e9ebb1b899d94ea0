-- Base rows at anchors, for lookups: a read by primary key. The newest version of a row counts; FINAL would merge whole granules
-- for the same answer. values, sources and times run parallel; sources of a row older than its newest column are short: 0. A
-- verification wants no sources, times and anchors: they are most of a row's bytes.
SELECT anchor, entity, live, {{if .Lean}}[] :: Array(UUID) AS anchors, [] :: Array(String) AS feeds, toDateTime64(0, 3, 'UTC') AS updated{{else}}anchors, feeds, updated{{end}},
    CAST([{{range $i, $c := .Columns}}{{if $i}}, {{end}}CAST({{ident $c.Name}}, 'Nullable(String)'){{end}}], 'Array(Nullable(String))') AS vals,
    {{if .Lean}}[] :: Array(UInt32) AS froms, [] :: Array(Int64) AS ats{{else}}CAST([{{range $i, $c := .Columns}}{{if $i}}, {{end}}sources[{{$c.Place}}]{{end}}], 'Array(UInt32)') AS froms,
    CAST([{{range $i, $c := .Columns}}{{if $i}}, {{end}}times[{{$c.Place}}]{{end}}], 'Array(Int64)') AS ats{{end}}
FROM {{from (print "resolve." .Library)}}
PREWHERE anchor IN {anchors:Array(UUID)}
ORDER BY ver DESC LIMIT 1 BY anchor
