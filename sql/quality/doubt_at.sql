-- The records of entities whose values are doubted, by each of their anchors: located.sql finds the claim that gave the value.
INSERT INTO {{into "quality.broken"}} (library, run, rule, element, entity, anchor, other)
SELECT {{text .Library}}, {{.Run}}, {{text .DoubtRule}}, d.2, b.entity, arrayJoin(b.anchors), {{template "nobody"}}
FROM (SELECT anchor AS entity, anchors FROM {{from (print "resolve." .Library)}} FINAL WHERE live = 1 AND anchor IN ({{template "doubted entities" .}})) AS b
INNER JOIN (SELECT arrayJoin({{template "doubts" .}}) AS d, toUUID(d.1) AS e) AS x ON b.entity = x.e
{{define "doubts"}}[{{range $i, $d := .Doubts}}{{if $i}}, {{end}}({{text $d.At}}, {{text $d.Element}}, {{text $d.ID}}, {{text $d.By}}){{end}}]{{end}}
{{define "doubted entities"}}{{range $i, $d := .Doubts}}{{if $i}}, {{end}}toUUID({{text $d.At}}){{end}}{{end}}
