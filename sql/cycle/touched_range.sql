-- All anchors of one slice of the library, for resolving everything again bit by bit.
INSERT INTO {{into "resolve.touched"}} {{perShard}} (library, cycle, round, anchor)
SELECT DISTINCT {{text .Library}}, {{.Cycle}}, 0, anchor
FROM {{from (print "claims." .Library)}}
WHERE {{slice .Slice .Slices}}{{if .Only}} AND ({{range $i, $e := .Only}}{{if $i}} OR {{end}}isNotNull({{ident $e}}){{end}}){{end}}
