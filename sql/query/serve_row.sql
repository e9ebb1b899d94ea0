-- Base rows at anchors, for lookups: a read by primary key. Every version comes and the reader takes the newest, which is cheaper than
-- FINAL or a sort. Only the wanted elements leave the engine: their values, sources and times in their order, '' for none. A verification
-- wants no sources, times and anchors. The engine's newer analyzer looks at the expression of every typed column of the table before it
-- answers, which costs three times all the rest; this statement names none of them.
SELECT anchor, entity, live, ver, [{{range $i, $c := .Columns}}{{if $i}}, {{end}}vals[indexOf(els, {{$c.Number}})]{{end}}]::Array(String)
{{- if not .Lean}}, anchors, feeds, updated,
    [{{range $i, $c := .Columns}}{{if $i}}, {{end}}sources[indexOf(els, {{$c.Number}})]{{end}}]::Array(UInt32), [{{range $i, $c := .Columns}}{{if $i}}, {{end}}times[indexOf(els, {{$c.Number}})]{{end}}]::Array(Int64)
{{- end}}
FROM {{from (print "resolve." .Library)}}
PREWHERE anchor IN {anchors:Array(UUID)}
SETTINGS enable_analyzer = 0
