-- Doubted values that stand as they were: a doubt goes with its record from version to version and ends when the value is another, or
-- the record no longer speaks of this anchor.
INSERT INTO {{into "quality.inspected"}} (library, run, entity, anchor, feed, key, role, ver, element, rule, against, received, other)
SELECT DISTINCT {{text .Library}}, {{.Run}}, if(m.entity = {{template "nobody"}}, c.anchor, m.entity), c.anchor, c.feed, c.key, c.role, c.ver, d.element, d.rule, d.by, c.received, {{template "nobody"}}
FROM
(
    SELECT anchor, toString(feed) AS feed, key, role, ver, received, els, vals FROM {{from (print "claims." .Library)}}
    WHERE op = 'assert' AND {{template "doubted here" .}} AND (anchor, feed, key, ver) IN
        (SELECT anchor, feed, key, max(ver) FROM {{from (print "claims." .Library)}} WHERE {{template "doubted here" .}} GROUP BY anchor, feed, key)
) AS c
INNER JOIN
(
    SELECT anchor, toString(feed) AS feed, key, role, toString(element) AS element, toString(rule) AS rule, max(by) AS by, hash
    FROM {{from "quality.doubt"}} FINAL WHERE library = {{text .Library}} AND ended = 0 AND {{template "looked at" .}}
    GROUP BY anchor, feed, key, role, element, rule, hash
) AS d ON c.anchor = d.anchor AND c.feed = d.feed AND c.key = d.key AND c.role = d.role
LEFT JOIN (SELECT anchor, entity FROM {{from .MemberTable}} FINAL WHERE library = {{text .Library}} AND {{template "doubted here" .}}) AS m ON c.anchor = m.anchor
WHERE cityHash64(vals[indexOf(els, indexOf([{{list .Names}}]::Array(String), d.element))]) = d.hash
{{define "doubted here"}}anchor IN (SELECT anchor FROM {{from "quality.doubt"}} WHERE library = {{text .Library}} AND {{template "looked at" .}}){{end}}
