-- The flow in figures that name nobody: kind, day or rule or reason or library, second name, count. Days are of Shanghai, the newest 60
-- that have messages; received is the broker's time.
SELECT 'in' AS kind, toString(toDate(received, 'Asia/Shanghai')) AS name, toString(outcome) AS other, toUInt64(count()) AS n
FROM {{from "ledger.message"}} FINAL
WHERE outcome != 'gap' AND toDate(received, 'Asia/Shanghai') IN (SELECT DISTINCT toDate(received, 'Asia/Shanghai') AS day FROM {{from "ledger.message"}} ORDER BY day DESC LIMIT 60)
GROUP BY name, other
UNION ALL
SELECT 'served' AS kind, toString(toDate(time, 'Asia/Shanghai')) AS name, toString(decision) AS other, toUInt64(count()) AS n
FROM {{from "access.audit"}} FINAL
WHERE time >= now64(3) - toIntervalDay(60)
GROUP BY name, other
UNION ALL
SELECT 'finding' AS kind, toString(rule) AS name, toString(library) AS other, toUInt64(count()) AS n
FROM {{from "quality.state"}} FINAL
WHERE open = 1 AND entity != {{template "nobody"}}
GROUP BY name, other
UNION ALL
SELECT 'quarantine' AS kind, toString(q.reason) AS name, '' AS other, toUInt64(count()) AS n
FROM
(
    SELECT toString(topic) AS topic, partition, offset, argMax(toString(reason), revision) AS reason
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
SELECT 'incident' AS kind, what AS name, '' AS other, toUInt64(count()) AS n
FROM (SELECT toString(kind) AS what FROM {{from "quality.incident"}} FINAL WHERE at >= now64(3) - toIntervalDay(1))
GROUP BY name
UNION ALL
SELECT 'behind' AS kind, m.library AS name, '' AS other, toUInt64(sum(if(l.next > m.next, l.next - m.next, 0))) AS n
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
SELECT 'took' AS kind, toString(library) AS name, '' AS other, toUInt64(dateDiff('millisecond', started, finished)) AS n
FROM (SELECT library, started, finished FROM {{from "resolve.marker"}} ORDER BY cycle DESC LIMIT 1 BY library)
