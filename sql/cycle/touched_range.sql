-- All anchors of one slice of the library, for resolving everything again bit by bit. What this cycle has resolved already, with the
-- windows or as a neighbour of another slice, has its row: two rows of one anchor under one cycle would have no order.
INSERT INTO {{into "resolve.touched"}} {{perShard}} (library, cycle, round, anchor)
SELECT DISTINCT {{text .Library}}, {{.Cycle}}, 0, anchor
FROM {{from (print "claims." .Library)}}
WHERE {{slice .Slice .Slices}} AND anchor NOT IN (SELECT anchor FROM {{from (print "resolve." .Library)}} WHERE ver = {{.Cycle}}){{if .Only}} AND ({{range $i, $e := .Only}}{{if $i}} OR {{end}}isNotNull({{ident $e}}){{end}}){{end}}
