{{/* Rules whose findings are kept by inspections: they end when their cause ends, which no message of their own record tells. */ -}}
{{define "inspected rule"}}match(rule, '^(cross|record|entity|time|feed|user|truth)[.]'){{end}}
{{/* What an inspection looks at: everything, or the anchors of its work list. */ -}}
{{define "looked at"}}{{if .All}}1{{else}}anchor IN (SELECT anchor FROM {{from "quality.touched"}} WHERE library = {{text .Library}} AND run = {{.Run}}){{end}}{{end}}
{{/* Only the newest version of a record counts at an anchor, see cycle/dead.sql. */ -}}
{{define "counts"}}sipHash128(anchor, feed, key, ver) NOT IN
(
    SELECT sipHash128(anchor, feed, key, v)
    FROM
    (
        SELECT anchor, feed, key, groupUniqArray(ver) AS vs, max(ver) AS top
        FROM {{from (print "claims." .Library)}}
        WHERE {{template "looked at" .}}
        GROUP BY anchor, feed, key
        HAVING length(vs) > 1
        SETTINGS optimize_aggregation_in_order = 1
    )
    ARRAY JOIN vs AS v
    WHERE v < top
)
{{- end}}
