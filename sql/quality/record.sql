-- Claims that break a rule by themselves: one scan for all such rules of a library.
INSERT INTO {{into "quality.inspected"}} {{if not .Divisions}}{{perShard}}{{end}} (library, run, entity, anchor, feed, key, role, ver, element, rule, against, received, other)
SELECT {{text .Library}}, {{.Run}}, if(m.entity = toUUID('00000000-0000-0000-0000-000000000000'), c.anchor, m.entity), c.anchor, c.feed, c.key, c.role, c.ver,
    ([{{range $i, $r := .Records}}{{if $i}}, {{end}}{{text $r.Element}}{{end}}])[n], ([{{range $i, $r := .Records}}{{if $i}}, {{end}}{{text $r.Code}}{{end}}])[n], '', c.received, toUUID('00000000-0000-0000-0000-000000000000')
FROM
(
    SELECT anchor, feed, key, role, ver, received, arrayJoin(arrayFilter(x -> x != 0, [{{range $i, $r := .Records}}{{if $i}}, {{end}}
        toUInt16(if(({{template "expr" $r.Broken}}){{if $r.Feeds}} AND feed IN ({{list $r.Feeds}}){{end}}, {{$r.Place}}, 0)){{end}}])) AS n
    FROM {{from (print "claims." .Library)}}
    WHERE op = 'assert' AND {{template "looked at" .}} AND {{template "counts" .}}
) AS c
LEFT JOIN (SELECT anchor, entity FROM {{from .MemberTable}} FINAL WHERE library = {{text .Library}} AND {{template "looked at" .}}) AS m ON c.anchor = m.anchor
