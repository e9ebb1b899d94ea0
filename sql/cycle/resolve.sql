-- The rule. Of the live claims of an entity each element takes the value of the first feed of its authority list that has one;
-- ties by event time, then declared version, then feed, then key and role. All of that order is one number per claim and
-- authority list (a profile), smaller is better:
--     8 bits rank | 64 bits newest event time | 64 bits highest version | 16 bits feed by name | 64 bits hash of key and role
-- so that one comparison of fixed width decides; the hash stands for key and role: as canonical, and it does not allocate.
-- 'value' and 'won' of an element run over the same rows, so a value always comes with its source. Rank 255 never wins.
{{define "values"}}
{{- range .Rule.Elements}}
    {{if .Lead}}argMinIf(tuple({{names .Members}}), p{{.Profile}}, {{range $i, $m := .Members}}{{if $i}} OR {{end}}isNotNull({{ident $m}}){{end}}) AS g{{.Index}},
    minIf(p{{.Profile}}, {{range $i, $m := .Members}}{{if $i}} OR {{end}}isNotNull({{ident $m}}){{end}}) AS w{{.Index}},
    {{else if .Alone}}argMin({{ident .Name}}, p{{.Profile}}) AS v{{.Index}},
    minIf(p{{.Profile}}, isNotNull({{ident .Name}})) AS w{{.Index}},
    {{end}}{{end}}
{{- end}}
{{define "profiles"}}
{{- range $k, $p := .Rule.Profiles}}
        bitOr(bitShiftLeft(toUInt256(transform(toString(feed), [{{list $p.Feeds}}], [{{numbers $p.Ranks}}], 255)), 208), tie) AS p{{$k}},{{end}}
        {{- /* event times are biased so that those before 1970 order right as unsigned numbers */}}
        bitOr(bitOr(bitOr(
            bitShiftLeft(toUInt256(bitNot(bitXor(reinterpretAsUInt64(toUnixTimestamp64Milli(event_time)), 9223372036854775808))), 144),
            bitShiftLeft(toUInt256(bitNot(toUInt64(bitShiftRight(ver, 64)))), 80)),
            bitShiftLeft(toUInt256(transform(toString(feed), [{{list .Rule.Feeds}}], [{{numbers .Rule.Ordinals}}], 65535)), 64)),
            toUInt256(sipHash64(key, role))) AS tie
{{- end}}
{{define "row"}}
    [{{range $i, $e := .Rule.Elements}}{{if $i}}, {{end}}{{template "source" $e.Winner}}{{end}}] AS sources,
    [{{range $i, $e := .Rule.Elements}}{{if $i}}, {{end}}{{template "time" $e.Winner}}{{end}}] AS times,
    updated{{range .Rule.Elements}},
    {{if .Alone}}if(w{{.Index}} >= worst, NULL, v{{.Index}}){{else}}if(w{{.Winner}} >= worst, NULL, g{{.Winner}}.{{.Place}}){{end}} AS r{{.Index}}{{end}}
{{- end}}
{{define "source"}}if(w{{.}} = 0 OR w{{.}} >= worst, 0, hashes[toUInt16(bitAnd(bitShiftRight(w{{.}}, 64), 65535))]){{end}}
{{define "time"}}if(w{{.}} = 0 OR w{{.}} >= worst, 0, reinterpretAsInt64(bitXor(bitNot(toUInt64(bitShiftRight(w{{.}}, 144))), 9223372036854775808))){{end}}
{{define "into"}}INSERT INTO {{into .Target}} (anchor, entity, live, ver, anchors, feeds, sources, times, updated{{range .Rule.Elements}}, {{ident .Name}}{{end}}){{end}}
{{template "into" .}}
WITH
    bitShiftLeft(toUInt256(255), 208) AS worst,
    [{{numbers .Rule.Hashes}}]::Array(UInt32) AS hashes
SELECT entity, entity AS e, 1, {{.Cycle}}, anchors, feeds,{{template "row" .}}
FROM
(
    SELECT{{if .Members}} entity,
        arraySort(groupUniqArray(anchor)) AS anchors,{{else}} anchor AS entity,
        [anchor] AS anchors,{{end}}
        arraySort(groupUniqArray(feed)) AS feeds,{{template "values" .}}
        max(event_time) AS updated
    FROM
    (
        SELECT{{if .Members}} m.entity AS entity, c.anchor AS anchor,{{else}} anchor,{{end}} feed, event_time{{range .Rule.Elements}}, {{ident .Name}}{{end}},{{template "profiles" .}}
        FROM {{from (print "claims." .Library)}}{{if .Members}} AS c
        INNER JOIN (SELECT anchor, entity FROM {{from .MemberTable}} FINAL WHERE library = {{text .Library}} AND {{template "scope" .}}) AS m ON c.anchor = m.anchor{{end}}
        WHERE op = 'assert' AND {{template "scope" .}} AND {{template "alive" .}}
            AND anchor {{if not .Members}}NOT {{end}}IN (SELECT anchor FROM {{from .MemberTable}} WHERE library = {{text .Library}} AND {{template "scope" .}})
    )
    GROUP BY {{if .Members}}entity{{else}}anchor{{end}}
)
SETTINGS optimize_aggregation_in_order = {{if .Members}}0{{else}}1{{end}}
