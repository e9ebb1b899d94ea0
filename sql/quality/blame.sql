-- Who contradicts whom: of every open difference the losing record with a hash of its value, by entity and element; and of every open
-- finding that names a record of another library, that record. No value leaves the engine.
SELECT entity, element, '' AS other, groupArray(feed) AS feeds, groupArray(key) AS keys, groupArray(hash) AS hashes, any(against) AS winner, emptyArrayString() AS elements
FROM
(
    SELECT s.entity AS entity, toString(s.element) AS element, toString(s.feed) AS feed, s.key AS key, c.hashes[indexOf([{{list .Elements}}], element)] AS hash,
        extract(f.detail, 'that of ([a-z0-9_.]+),') AS against
    FROM (SELECT * FROM {{from "quality.state"}} FINAL WHERE library = {{text .Library}} AND rule = 'cross.differs' AND open = 1) AS s
    INNER JOIN
    (
        SELECT anchor, feed, key, role, ver, [{{range $i, $e := .Elements}}{{if $i}}, {{end}}ifNull(cityHash64({{ident $e}}), 0){{end}}] AS hashes
        FROM {{from (print "claims." .Library)}}
        WHERE op = 'assert' AND (anchor, feed, key, ver) IN (SELECT anchor, feed, key, claim FROM {{from "quality.state"}} FINAL WHERE library = {{text .Library}} AND rule = 'cross.differs' AND open = 1)
    ) AS c ON s.anchor = c.anchor AND s.feed = c.feed AND s.key = c.key AND s.role = c.role AND s.claim = c.ver
    INNER JOIN (SELECT anchor, feed, key, role, element, ver, any(detail) AS detail FROM {{from "quality.finding"}} WHERE library = {{text .Library}} AND rule = 'cross.differs' GROUP BY anchor, feed, key, role, element, ver) AS f
        ON s.anchor = f.anchor AND s.feed = f.feed AND s.key = f.key AND s.role = f.role AND s.element = f.element AND s.claim = f.ver
)
GROUP BY entity, element
UNION ALL
SELECT toUUID('00000000-0000-0000-0000-000000000000'), '', other, groupArray(feed), groupArray(key), groupArray(0), '', groupArray(element)
FROM
(
    SELECT toString(s.feed) AS feed, s.key AS key, toString(s.element) AS element, extract(f.detail, 'compare with ([a-z]+ [0-9a-f-]{36})') AS other
    FROM (SELECT * FROM {{from "quality.state"}} FINAL WHERE library = {{text .Library}} AND {{template "inspected rule"}} AND rule != 'cross.differs' AND open = 1) AS s
    INNER JOIN (SELECT anchor, feed, key, role, element, rule, ver, any(detail) AS detail FROM {{from "quality.finding"}} WHERE library = {{text .Library}} GROUP BY anchor, feed, key, role, element, rule, ver) AS f
        ON s.anchor = f.anchor AND s.feed = f.feed AND s.key = f.key AND s.role = f.role AND s.element = f.element AND s.rule = f.rule AND s.claim = f.ver
)
GROUP BY other
HAVING other != ''
