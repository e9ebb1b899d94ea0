{{define "owners" -}}
SELECT anchor, owner FROM
(
    SELECT anchor,
        argMin(also[1], (rank, -toUnixTimestamp64Milli(event_time), bitNot(ver), bitNot(since), feed, key, role)) AS owner
    FROM
    (
        SELECT anchor, also, event_time, ver, since, feed, key, role,
            if(op = 'stay', 0, transform(concat(toString(strength), '/', feed), [{{list .Rule.SchemeFeeds}}], [{{numbers .Rule.SchemeRanks}}], 255)) AS rank
        FROM {{template "live claims" .}}
        WHERE op IN ('alias', 'stay') AND {{template "live" .}}
    )
    WHERE rank < 255
    GROUP BY anchor
)
WHERE owner != anchor
{{- end -}}
-- Each weaker identifier belongs to the one stronger anchor that its own authority names (rank of the feed for that scheme, then
-- event time, version, feed, key, role); an anchor kept through a failed check belongs to its last good anchor.
INSERT INTO {{into .OwnedTable}} {{perShard}} (library, cycle, anchor, owner)
SELECT {{text .Library}}, {{.Cycle}}, anchor, owner FROM
(
    {{template "owners" .}}
)
