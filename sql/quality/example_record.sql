-- A made-up claim.
INSERT INTO {{into (print "claims." .Library)}} (anchor, feed, key, role, ver, op, els, vals{{range .Own}}, {{ident .}}{{end}})
WITH {{template "numbered" .}} AS numbers
SELECT toUUID({{text .Anchor}}), {{text .Feed}}, 'trial', '', 1, 'assert', arraySort(numbers), arraySort((v, n) -> n, [{{list .Values}}]::Array(String), numbers){{range .Said}}, {{text .}}{{end}}
