-- An instance in figures that name nobody: kind, name, count. Where there is no cycle yet a library has no rows.
SELECT 'quarantine' AS kind, toString(q.feed) AS name, toInt64(count()) AS n
FROM
(
    SELECT toString(topic) AS topic, partition, offset, any(toString(feed)) AS feed
    FROM {{from "quality.quarantine"}}
    GROUP BY topic, partition, offset
) AS q
INNER JOIN
(
    SELECT toString(topic) AS topic, partition, offset, argMax(outcome, revision) AS newest
    FROM {{from "ledger.message"}} FINAL
    WHERE outcome != 'gap' AND (topic, partition, offset) IN (SELECT topic, partition, offset FROM {{from "quality.quarantine"}})
    GROUP BY topic, partition, offset
) AS l ON q.topic = l.topic AND q.partition = l.partition AND q.offset = l.offset
WHERE l.newest = 'quarantined'
GROUP BY name
UNION ALL
SELECT 'finding' AS kind, toString(library) AS name, toInt64(count()) AS n
FROM {{from "quality.state"}} FINAL
WHERE open = 1 AND entity != {{template "nobody"}}
GROUP BY name
UNION ALL
SELECT 'behind' AS kind, m.library AS name, toInt64(sum(if(l.next > m.next, l.next - m.next, 0))) AS n
FROM
(
    SELECT library, mark.1 AS stream, mark.2 AS next
    FROM (SELECT toString(library) AS library, arrayJoin(marks) AS mark FROM (SELECT library, marks FROM {{from "resolve.marker"}} ORDER BY cycle DESC LIMIT 1 BY library))
) AS m
INNER JOIN
(
    SELECT concat(toString(topic), '/', toString(partition), '/', toString(revision)) AS stream, toUInt64(max(until) + 1) AS next
    FROM {{from "ledger.message"}}
    GROUP BY stream
) AS l ON m.stream = l.stream
GROUP BY name
UNION ALL
SELECT 'took' AS kind, toString(library) AS name, toInt64(dateDiff('millisecond', started, finished)) AS n
FROM (SELECT library, started, finished FROM {{from "resolve.marker"}} ORDER BY cycle DESC LIMIT 1 BY library)
UNION ALL
SELECT 'finished' AS kind, toString(library) AS name, toUnixTimestamp64Milli(finished) AS n
FROM (SELECT library, finished FROM {{from "resolve.marker"}} ORDER BY cycle DESC LIMIT 1 BY library)
UNION ALL
SELECT 'incident' AS kind, what AS name, toInt64(count()) AS n
FROM (SELECT toString(kind) AS what FROM {{from "quality.incident"}} FINAL WHERE at >= now64(3) - toIntervalDay(1))
GROUP BY name
UNION ALL
SELECT 'engine' AS kind, tupleElement(figure, 1) AS name, toInt64(tupleElement(figure, 2)) AS n
FROM (SELECT arrayJoin([('rows', sum(rows)), ('bytes', sum(bytes_on_disk)), ('parts', count())]) AS figure FROM system.parts WHERE active)
