{{define "now listed"}}SELECT anchor FROM {{from "quality.touched"}} WHERE library = {{text .Library}} AND run = {{.Run}}{{end -}}
-- The entities that the listed anchors belong to, then all anchors of these.
INSERT INTO {{into "quality.touched"}} (library, run, anchor)
SELECT DISTINCT {{text .Library}}, {{.Run}}, entity FROM {{from (print "resolve." .Library)}} FINAL WHERE anchor IN ({{template "now listed" .}}) AND entity NOT IN ({{template "now listed" .}})
;;
INSERT INTO {{into "quality.touched"}} (library, run, anchor)
SELECT DISTINCT {{text .Library}}, {{.Run}}, a
FROM (SELECT arrayJoin(anchors) AS a FROM {{from (print "resolve." .Library)}} FINAL WHERE live = 1 AND anchor IN ({{template "now listed" .}}))
WHERE a NOT IN ({{template "now listed" .}})
