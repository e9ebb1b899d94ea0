-- One scan of a library's live claims, in the rule's order (see cycle/resolve.sql), entity by entity. Values are compared as 64-bit
-- hashes: 0 is none.
--     cross.differs     a feed of the element's authority list holds another value than the feed whose value wins. Feeds of one rank
--                       speak of different jurisdictions and do not contradict each other; a group's winner is the group's, and
--                       what it leaves empty contradicts nobody
--     record.duplicate  in a slot that has one record an entity, every record but the newest
INSERT INTO {{into "quality.inspected"}}{{if not .Members}} {{perShard}}{{end}} (library, run, entity, anchor, feed, key, role, ver, element, rule, against, received)
WITH
    18446744073709551615 AS silent,
    toUInt64(255 * 4294967296) AS worst,
    [{{list .Feeds}}] AS feeds,
    [{{range $i, $e := .Elements}}{{if $i}}, {{end}}{{text $e.Name}}{{end}}]::Array(String) AS elements
SELECT {{text .Library}}, {{.Run}}, entity, an[d.1], feeds[o[d.1]], ks[d.1], rs[d.1], vs[d.1],
    if(d.2 = 0, '', elements[d.2]) AS element, if(d.2 = 0, 'record.duplicate', 'cross.differs') AS rule, if(d.3 = 0, '', feeds[d.3]) AS against, re[d.1]
FROM
(
    SELECT entity, o, an, ks, rs, vs, re, arrayJoin(arrayConcat(
        arrayMap(i -> (i, toUInt16(0), toUInt16(0)), arrayFilter((i, s, k) -> s != 0 AND k != kh[indexOf(sl, s)], n, sl, kh)){{range .Elements}},
        arrayMap(i -> (i, toUInt16({{.Number}}), o[bitAnd(w{{.Winner}}, 4294967295)]), arrayFilter((i, p, h) -> h != 0 AND p < worst AND h != v{{.Index}} AND v{{.Index}} != 0 AND bitShiftRight(p, 32) != bitShiftRight(w{{.Winner}}, 32), n, q{{.Profile}}, h{{.Index}})){{end}})) AS d
    FROM
    (
        SELECT *{{range .Elements}}, h{{.Index}}[bitAnd(w{{.Winner}}, 4294967295)] AS v{{.Index}}{{end}}
        FROM
        (
            SELECT *{{range .Elements}}{{if .Lead}},
                arrayMin(arrayMap((p{{range .Places}}, x{{.}}{{end}}) -> if({{range $i, $p := .Places}}{{if $i}} AND {{end}}x{{$p}} = 0{{end}}, silent, p), q{{.Profile}}{{range .Places}}, h{{.}}{{end}})) AS w{{.Index}}{{end}}{{end}}
            FROM
            (
                SELECT entity, g.2 AS o, g.3 AS an, g.4 AS ks, g.5 AS rs, g.6 AS vs, g.7 AS re, g.8 AS sl, g.9 AS kh, arrayEnumerate(o) AS n{{range .Elements}}, g.{{.Field}} AS h{{.Index}}{{end}}{{range $k, $ranks := .Profiles}},
                    arrayMap((f, i) -> bitOr(bitShiftLeft(toUInt64(([{{numbers $ranks}}]::Array(UInt8))[f]), 32), i), o, n) AS q{{$k}}{{end}}
                FROM
                (
                    SELECT {{if .Members}}entity{{else}}anchor AS entity{{end}}, arraySort(x -> x.1, groupArray((tie, ordinal, anchor, key, role, ver, received, slot, hashed{{range .Elements}}, h{{.Index}}{{end}}))) AS g
                    FROM
                    (
                        SELECT {{if .Members}}if(m.entity = toUUID('00000000-0000-0000-0000-000000000000'), c.anchor, m.entity) AS entity, c.anchor AS anchor, c.*{{else}}*{{end}}
                        FROM
                        (
                            SELECT anchor, toUInt16(transform(feed, [{{list .Feeds}}], [{{numbers .Ordinals}}], 0)) AS ordinal, key, role, ver, received,
                                {{if .Slots}}toUInt16(transform(concat(feed, '/', splitByChar('/', role)[1]), [{{list .Slots}}], [{{numbers .SlotNumbers}}], 0)){{else}}toUInt16(0){{end}} AS slot,
                                cityHash64(key) AS hashed{{range .Elements}},
                                ifNull(cityHash64({{ident .Name}}), 0) AS h{{.Index}}{{end}},
                                {{template "tie" .}}
                            FROM {{from (print "claims." .Library)}}
                            WHERE op = 'assert' AND feed IN ({{list .Feeds}}) AND {{template "counts" .}} AND {{template "looked at" .}}
                                AND anchor {{if not .Members}}NOT {{end}}IN (SELECT anchor FROM {{from .MemberTable}} WHERE library = {{text .Library}} AND {{template "looked at" .}})
                        ) AS c{{if .Members}}
                        LEFT JOIN (SELECT anchor, entity FROM {{from .MemberTable}} FINAL WHERE library = {{text .Library}} AND {{template "looked at" .}}) AS m ON c.anchor = m.anchor{{end}}
                    )
                    GROUP BY {{if .Members}}entity{{else}}anchor{{end}}
                    HAVING count() > 1
                )
            )
        )
    )
)
SETTINGS optimize_aggregation_in_order = {{if .Members}}0{{else}}1{{end}}
