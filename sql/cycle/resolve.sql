-- The rule. Of the live claims of an entity each element takes the value of the first feed of its authority list that has one;
-- ties by event time, then declared version, then feed, then key and role. All of that order is one number per claim and
-- authority list (a profile), smaller is better:
--     8 bits rank | 48 bits newest event time | 128 bits highest version | 16 bits feed by name | 56 bits hash of the role
-- (version holds offset and partition, so only roles of one message are left to tell apart; their hash is as canonical)
-- so that one comparison of fixed width decides.
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
{{- range $k, $p := .Rule.Profiles}},
            bitOr(bitShiftLeft(toUInt256(transform(feed_name, [{{list $p.Feeds}}], [{{numbers $p.Ranks}}], 255)), 248), tie) AS p{{$k}}{{end}}
{{- end}}
{{define "tie"}}
                    {{- /* event times count from the year 1, so that those before 1970 order right as unsigned numbers */}}
                    bitOr(bitOr(bitOr(
                        bitShiftLeft(toUInt256(281474976710655 - least(greatest(toUnixTimestamp64Milli(event_time) + 62135596800000, 0), 281474976710655)), 200),
                        bitShiftLeft(toUInt256(bitNot(ver)), 72)),
                        bitShiftLeft(toUInt256(transform(toString(feed), [{{list .Rule.Feeds}}], [{{numbers .Rule.Ordinals}}], 65535)), 56)),
                        toUInt256(bitShiftRight(sipHash64(role), 8))) AS tie
{{- end}}
{{define "into"}}INSERT INTO {{into .Target}} (anchor, entity, live, ver, anchors, feeds, sources, times, updated{{range .Rule.Elements}}, {{ident .Name}}{{end}}){{end}}
{{template "into" .}}
WITH
    bitShiftLeft(toUInt256(255), 248) AS worst,
    [{{numbers .Rule.Hashes}}]::Array(UInt32) AS hashes
SELECT entity, entity AS e, 1, {{.Cycle}}, anchors, feeds,
    arrayMap(w -> if(w = 0 OR w >= worst, 0, hashes[toUInt16(bitAnd(bitShiftRight(w, 56), 65535))]), won) AS sources,
    arrayMap(w -> if(w = 0 OR w >= worst, 0, 281474976710655 - toInt64(bitAnd(bitShiftRight(w, 200), 281474976710655)) - 62135596800000), won) AS times,
    updated{{range .Rule.Elements}},
    {{if .Alone}}if(w{{.Index}} >= worst, NULL, v{{.Index}}){{else}}if(w{{.Winner}} >= worst, NULL, g{{.Winner}}.{{.Place}}){{end}} AS r{{.Index}}{{end}}
FROM
(
    SELECT *, [{{range $i, $e := .Rule.Elements}}{{if $i}}, {{end}}w{{$e.Winner}}{{end}}] AS won
    FROM
    (
        SELECT{{if .Members}} entity,
            arraySort(groupUniqArray(anchor)) AS anchors,{{else}} anchor AS entity,
            [anchor] AS anchors,{{end}}
            arraySort(groupUniqArray(feed)) AS feeds,{{template "values" .}}
            max(event_time) AS updated
        FROM
        (
            SELECT{{if .Members}} if(m.entity = toUUID('00000000-0000-0000-0000-000000000000'), c.anchor, m.entity) AS entity, c.anchor AS anchor,{{else}} anchor,{{end}} feed, event_time{{range .Rule.Elements}}, {{ident .Name}}{{end}}{{template "profiles" .}}
            FROM
            (
                SELECT anchor, feed, toString(feed) AS feed_name, event_time{{range .Rule.Elements}}, {{ident .Name}}{{end}},
                    {{template "tie" .}}
                FROM {{from (print "claims." .Library)}}
                WHERE op = 'assert' AND feed IN ({{list .Rule.Feeds}}) AND {{template "scope" .}} AND {{template "alive" .}}{{if .All}}
                    AND anchor {{if not .Members}}NOT {{end}}IN (SELECT anchor FROM {{from .MemberTable}} WHERE library = {{text .Library}}){{end}}
            ) AS c{{if .Members}}
            LEFT JOIN (SELECT anchor, entity FROM {{from .MemberTable}} FINAL WHERE library = {{text .Library}} AND {{template "scope" .}}) AS m ON c.anchor = m.anchor{{end}}
        )
        GROUP BY {{if .Members}}entity{{else}}anchor{{end}}
    )
)
SETTINGS optimize_aggregation_in_order = {{if .Members}}0{{else}}1{{end}}
