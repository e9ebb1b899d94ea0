-- The identifier forest. Each weaker identifier belongs to the one stronger anchor that its own authority names (rank of the feed
-- for that scheme, then event time, version, feed, key); an anchor kept through a failed check belongs to its last good anchor.
-- Chains are followed by doubling: three joins reach eight steps, more than there are schemes.
{{define "owned" -}}
SELECT anchor,
    argMin(also[1], (rank, -toUnixTimestamp64Milli(event_time), bitNot(ver), bitNot(since), feed, key)) AS owner
FROM
(
    SELECT anchor, also, event_time, ver, since, feed, key,
        if(op = 'stay', 0, transform(concat(toString(strength), '/', feed), [{{list .Rule.SchemeFeeds}}], [{{numbers .Rule.SchemeRanks}}], 255)) AS rank
    FROM {{from (print "claims." .Library)}}
    WHERE op IN ('alias', 'stay') AND {{template "scope" .}} AND {{template "alive" .}}
)
WHERE rank < 255
GROUP BY anchor
{{- end}}
INSERT INTO {{into .MemberTable}} (library, anchor, entity, ver)
WITH
    one AS ({{template "owned" .}}),
    two AS (SELECT a.anchor AS anchor, if(b.owner = toUUID('00000000-0000-0000-0000-000000000000'), a.owner, b.owner) AS owner FROM one AS a LEFT JOIN one AS b ON a.owner = b.anchor),
    four AS (SELECT a.anchor AS anchor, if(b.owner = toUUID('00000000-0000-0000-0000-000000000000'), a.owner, b.owner) AS owner FROM two AS a LEFT JOIN two AS b ON a.owner = b.anchor),
    eight AS (SELECT a.anchor AS anchor, if(b.owner = toUUID('00000000-0000-0000-0000-000000000000'), a.owner, b.owner) AS owner FROM four AS a LEFT JOIN four AS b ON a.owner = b.anchor)
SELECT {{text .Library}}, anchor, owner, {{.Cycle}} FROM eight
UNION ALL
SELECT DISTINCT {{text .Library}}, owner, owner, {{.Cycle}} FROM eight
{{- if not .All}}
UNION ALL
-- anchors that have left their entity
SELECT {{text .Library}}, anchor, anchor, {{.Cycle}}
FROM (SELECT DISTINCT anchor FROM {{from .MemberTable}} WHERE library = {{text .Library}} AND {{template "scope" .}})
WHERE anchor NOT IN (SELECT anchor FROM eight) AND anchor NOT IN (SELECT owner FROM eight)
{{- end}}
