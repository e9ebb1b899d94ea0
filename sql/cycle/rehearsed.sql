{{/* What another rule would change: rows worked out beside (check) against the base rows, entity by entity. */ -}}
{{define "as texts"}}[{{range $i, $e := .Rule.Elements}}{{if $i}}, {{end}}vals[indexOf(els, {{$e.Number}})]{{end}}]{{end -}}
{{define "dense sources"}}[{{range $i, $e := .Rule.Elements}}{{if $i}}, {{end}}sources[indexOf(els, {{$e.Number}})]{{end}}]{{end -}}
{{define "rehearsed"}}
    SELECT if(n.anchor = toUUID('00000000-0000-0000-0000-000000000000'), o.anchor, n.anchor) AS entity, n.live AS after, o.live AS before,
        n.from AS ns, o.from AS os, n.anchors AS na, o.anchors AS oa, n.said AS nv, o.said AS ov
    FROM (SELECT anchor, live, {{template "dense sources" .}} AS from, anchors, {{template "as texts" .}} AS said FROM {{from .Target}} FINAL WHERE live = 1{{if .Below}} AND anchor < toUUID({{text .Below}}){{end}}) AS n
    FULL JOIN (SELECT anchor, live, {{template "dense sources" .}} AS from, anchors, {{template "as texts" .}} AS said FROM {{from (print "resolve." .Library)}} FINAL WHERE live = 1{{if .Below}} AND anchor < toUUID({{text .Below}}){{end}}) AS o ON n.anchor = o.anchor
    WHERE n.live != o.live OR nv != ov OR ns != os OR na != oa
{{end -}}
SELECT
    countIf(after AND NOT before), countIf(NOT after AND before), countIf(after AND before),
    sumForEach(if(after AND before, arrayMap((x, y) -> toUInt64(x != y), nv, ov), emptyArrayUInt64())) AS changed,
    sumForEach(if(after AND before, arrayMap((x, y) -> toUInt64(x != y AND y = ''), nv, ov), emptyArrayUInt64())) AS gained,
    sumForEach(if(after AND before, arrayMap((x, y) -> toUInt64(x != y AND x = ''), nv, ov), emptyArrayUInt64())) AS lost,
    sumForEach(if(after AND before, arrayMap((x, y, p, q) -> toUInt64(x = y AND p != q), nv, ov, ns, os), emptyArrayUInt64())) AS moved
FROM ({{template "rehearsed" .}})
