{{define "numbered"}}arrayMap(n -> indexOf((SELECT groupArray(name) FROM (SELECT name FROM system.columns WHERE database = 'claims' AND table = {{text .Library}} AND default_kind = 'ALIAS' ORDER BY position)), n), [{{list .Names}}]::Array(String)){{end -}}
-- A made-up base record.
INSERT INTO {{into (print "resolve." .Library)}} (anchor, entity, live, ver, anchors, els, vals{{range .Own}}, {{ident .}}{{end}})
WITH {{template "numbered" .}} AS numbers
SELECT toUUID({{text .Anchor}}), toUUID({{text .Anchor}}), 1, 1, [toUUID({{text .Anchor}})], arraySort(numbers), arraySort((v, n) -> n, [{{list .Values}}]::Array(String), numbers){{range .Said}}, {{text .}}{{end}}
