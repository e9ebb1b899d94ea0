-- Doubts, each at the claim that gave its value, with a hash of what that claim says.
INSERT INTO {{into "quality.doubt"}} (library, id, rule, entity, anchor, feed, key, role, element, hash, by, at, ended, why, stamp)
SELECT {{text .Library}}, x.id, {{text .DoubtRule}}, i.entity, i.anchor, i.feed, i.key, i.role, i.element,
    cityHash64(c.vals[indexOf(c.els, indexOf([{{list .Names}}]::Array(String), i.element))]), x.by, fromUnixTimestamp64Milli({{.Started}}), 0, '', {{.Run}}
FROM (SELECT entity, anchor, toString(feed) AS feed, key, role, ver, toString(element) AS element FROM {{from "quality.inspected"}} WHERE library = {{text .Library}} AND run = {{.Run}}) AS i
INNER JOIN (SELECT arrayJoin({{template "doubts" .}}) AS d, toUUID(d.1) AS e, d.2 AS element, d.3 AS id, d.4 AS by) AS x ON i.entity = x.e AND i.element = x.element
INNER JOIN
(
    SELECT anchor, toString(feed) AS feed, key, role, ver, els, vals FROM {{from (print "claims." .Library)}}
    WHERE op = 'assert' AND anchor IN (SELECT anchor FROM {{from "quality.inspected"}} WHERE library = {{text .Library}} AND run = {{.Run}})
) AS c ON i.anchor = c.anchor AND i.feed = c.feed AND i.key = c.key AND i.role = c.role AND i.ver = c.ver
