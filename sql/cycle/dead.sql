{{/* A scan of everything resolves the anchors of entities that have several by themselves (Members). */ -}}
{{define "scope"}}{{if and .All .Members}}anchor IN (SELECT anchor FROM {{from .MemberTable}} WHERE library = {{text .Library}}){{else if .All}}1{{else if .At}}anchor IN ({{range $i, $a := .At}}{{if $i}}, {{end}}toUUID({{text $a}}){{end}}){{else}}anchor IN (SELECT anchor FROM {{from "resolve.touched"}} WHERE library = {{text .Library}} AND cycle = {{.Cycle}}){{end}}{{end}}
{{define "alive" -}}
{{/* Only the newest version of a record counts at an anchor. Most records have one: the set holds the others. */ -}}
sipHash128(anchor, feed, key, ver) NOT IN
(
    SELECT sipHash128(anchor, feed, key, v)
    FROM
    (
        SELECT anchor, feed, key, groupUniqArray(ver) AS vs, max(ver) AS top
        FROM {{from (print "claims." .Library)}}
        WHERE {{template "scope" .}}
        GROUP BY anchor, feed, key
        HAVING length(vs) > 1
        SETTINGS optimize_aggregation_in_order = 1
    )
    ARRAY JOIN vs AS v
    WHERE v < top
)
{{- end}}
