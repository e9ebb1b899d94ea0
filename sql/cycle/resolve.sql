{{define "tie"}}
                    {{- /* event times count from the year 1, so that those before 1970 order right as unsigned numbers */}}
                    bitOr(bitOr(bitOr(
                        bitShiftLeft(toUInt256(281474976710655 - least(greatest(toUnixTimestamp64Milli(event_time) + 62135596800000, 0), 281474976710655)), 200),
                        bitShiftLeft(toUInt256(bitNot(ver)), 72)),
                        bitShiftLeft(toUInt256(ordinal), 56)),
                        toUInt256(bitShiftRight(sipHash64(role), 8))) AS tie
{{- end}}
{{/* Of a few touched entities one statement does all; on a cluster the shards do those of one anchor, as they do in a scan. */ -}}
{{if or .All .Members perShard -}}
-- The rule. Of the live claims of an entity each element takes the value of the first feed of its authority list that has one;
-- ties by event time, then version, then feed by name, then role. That order but for the rank is one number a claim, smaller is
-- better ("tie"):
--     48 bits newest event time | 128 bits highest version | 16 bits feed by name | 56 bits hash of the role
-- (version holds offset and partition, so only roles of one message are left to tell apart; their hash is as canonical).
-- The claims of an entity are sorted by it once; then per authority list (profile) a claim's place is rank and position in one
-- UInt64, and per element the least place among the claims that say something of it wins. All of it runs over flat arrays,
-- which costs less than half of an argMin per element. Rank 255 never wins.
INSERT INTO {{into .Target}}{{if not .Members}} {{perShard}}{{end}} (anchor, entity, live, ver, anchors, feeds, sources, times, updated{{range .Rule.Elements}}, {{ident .Name}}{{end}})
WITH
    18446744073709551615 AS silent,
    toUInt64(255 * 4294967296) AS worst,
    [{{numbers .Rule.Hashes}}]::Array(UInt32) AS hashes,
    [{{list .Rule.Feeds}}] AS names
SELECT entity, entity AS e, 1, {{.Cycle}}, anchors, arraySort(arrayDistinct(arrayMap(o -> names[o], f))) AS feeds,
    [{{range $i, $e := .Rule.Elements}}{{if $i}}, {{end}}{{if $e.Silent}}0{{else}}if(w{{$e.Winner}} >= worst, 0, hashes[f[bitAnd(w{{$e.Winner}}, 4294967295)]]){{end}}{{end}}] AS sources,
    [{{range $i, $e := .Rule.Elements}}{{if $i}}, {{end}}{{if $e.Silent}}0{{else}}if(w{{$e.Winner}} >= worst, 0, t[bitAnd(w{{$e.Winner}}, 4294967295)]){{end}}{{end}}] AS times,
    fromUnixTimestamp64Milli(arrayMax(t)) AS updated{{range .Rule.Elements}},
    {{if .Silent}}NULL{{else}}if(w{{.Winner}} >= worst, NULL, a{{.Index}}[bitAnd(w{{.Winner}}, 4294967295)]){{end}} AS r{{.Index}}{{end}}
FROM
(
    SELECT entity, anchors, f, t{{range .Rule.Speaking}}, a{{.Index}}{{end}}{{range .Rule.Speaking}}{{if .Alone}},
        arrayMin(arrayMap((p, x) -> if(isNull(x), silent, p), q{{.Profile}}, a{{.Index}})) AS w{{.Index}}{{else if .Lead}},
        arrayMin(arrayMap((p{{range .Places}}, x{{.}}{{end}}) -> if({{range $i, $p := .Places}}{{if $i}} AND {{end}}isNull(x{{$p}}){{end}}, silent, p), q{{.Profile}}{{range .Places}}, a{{.}}{{end}})) AS w{{.Index}}{{end}}{{end}}
    FROM
    (
        SELECT entity, anchors, g.2 AS f, g.3 AS t, arrayEnumerate(f) AS n{{range .Rule.Speaking}}, g.{{.Field}} AS a{{.Index}}{{end}}{{range $k, $p := .Rule.Profiles}},
            arrayMap((o, i) -> bitOr(bitShiftLeft(toUInt64(([{{numbers $p.Ranks}}]::Array(UInt8))[o]), 32), i), f, n) AS q{{$k}}{{end}}
        FROM
        (
            SELECT{{if .Members}} entity, arraySort(groupUniqArray(anchor)) AS anchors,{{else}} anchor AS entity, [anchor] AS anchors,{{end}}
                arraySort(x -> x.1, groupArray((tie, ordinal, toUnixTimestamp64Milli(event_time){{range .Rule.Speaking}}, {{ident .Name}}{{end}}))) AS g
            FROM
            (
                SELECT{{if .Members}} if(m.entity = toUUID('00000000-0000-0000-0000-000000000000'), c.anchor, m.entity) AS entity, c.anchor AS anchor,{{else}} anchor,{{end}} tie, ordinal, event_time{{range .Rule.Speaking}}, {{ident .Name}}{{end}}
                FROM
                (
                    SELECT anchor, toUInt16(transform(feed, [{{list .Rule.Feeds}}], [{{numbers .Rule.Ordinals}}], 0)) AS ordinal, event_time{{range .Rule.Speaking}}, {{if .Code}}CAST({{ident .Name}}, 'Nullable(String)') AS {{ident .Name}}{{else}}{{ident .Name}}{{end}}{{end}},
                        {{template "tie" .}}
                    FROM {{template "live claims" .}}
                    WHERE op = 'assert' AND feed IN ({{list .Rule.Feeds}}) AND {{template "live" .}}{{if or .All perShard}}
                        AND anchor {{if not .Members}}NOT {{end}}IN (SELECT anchor FROM {{from .MemberTable}} WHERE library = {{text .Library}} AND {{template "scope" .}}){{end}}
                ) AS c{{if .Members}}
                LEFT JOIN (SELECT anchor, entity FROM {{from .MemberTable}} FINAL WHERE library = {{text .Library}} AND {{template "scope" .}}) AS m ON c.anchor = m.anchor{{end}}
            )
            GROUP BY {{if .Members}}entity{{else}}anchor{{end}}
        )
    )
)
SETTINGS optimize_aggregation_in_order = {{if .Members}}0{{else}}1{{end}}
{{- end}}
