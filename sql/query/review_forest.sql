-- Some anchors: the one that each belongs to by identifiers (itself when to none), and how strong its own identifier is (0: no living
-- claim says so).
SELECT asked.anchor, if(o.owner = toUUID('00000000-0000-0000-0000-000000000000'), asked.anchor, o.owner), s.strength
FROM (SELECT arrayJoin([{{range $i, $a := .At}}{{if $i}}, {{end}}toUUID({{text $a}}){{end}}]) AS anchor) AS asked
LEFT JOIN
(
    {{template "owners" .}}
) AS o ON asked.anchor = o.anchor
LEFT JOIN
(
    SELECT anchor, min(strength) AS strength FROM {{template "live claims" .}} WHERE op = 'assert' AND {{template "live" .}} GROUP BY anchor
) AS s ON asked.anchor = s.anchor
