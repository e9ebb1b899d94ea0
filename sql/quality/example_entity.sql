-- A made-up base record.
INSERT INTO {{into (print "resolve." .Library)}} (anchor, entity, live, ver, anchors{{range .Names}}, {{ident .}}{{end}})
SELECT toUUID({{text .Anchor}}), toUUID({{text .Anchor}}), 1, 1, [toUUID({{text .Anchor}})]{{range .Values}}, {{text .}}{{end}}
