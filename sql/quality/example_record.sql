-- A made-up claim.
INSERT INTO {{into (print "claims." .Library)}} (anchor, feed, key, role, ver, op{{range .Names}}, {{ident .}}{{end}})
SELECT toUUID({{text .Anchor}}), {{text .Feed}}, 'trial', '', 1, 'assert'{{range .Values}}, {{text .}}{{end}}
