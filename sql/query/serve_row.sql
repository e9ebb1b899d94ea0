-- Base rows at anchors, for lookups: a read by primary key. The newest version of a row counts; FINAL would merge whole granules
-- for the same answer. values, sources and times run parallel; sources of a row older than its newest column are short: 0.
SELECT anchor, entity, live, anchors, feeds, updated,
    CAST([{{range $i, $c := .Columns}}{{if $i}}, {{end}}CAST({{ident $c.Name}}, 'Nullable(String)'){{end}}], 'Array(Nullable(String))') AS vals,
    CAST([{{range $i, $c := .Columns}}{{if $i}}, {{end}}sources[{{$c.Place}}]{{end}}], 'Array(UInt32)') AS froms,
    CAST([{{range $i, $c := .Columns}}{{if $i}}, {{end}}times[{{$c.Place}}]{{end}}], 'Array(Int64)') AS ats
FROM {{from (print "resolve." .Library)}}
WHERE anchor IN {anchors:Array(UUID)}
ORDER BY ver DESC LIMIT 1 BY anchor
