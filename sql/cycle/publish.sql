-- The work table's rows become base rows.
INSERT INTO {{into (print "resolve." .Library)}} {{perShard}} (anchor, entity, live, ver, anchors, feeds, sources, times, updated{{range .Rule.Elements}}, {{ident .Name}}{{end}})
SELECT anchor, entity, live, ver, anchors, feeds, sources, times, updated{{range .Rule.Elements}}, {{ident .Name}}{{end}}
FROM {{from .Target}}
WHERE ver = {{.Cycle}}
