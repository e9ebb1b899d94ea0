-- Messages that are in quarantine now: the newest account of their offset still says so. FINAL, because a retry that succeeded
-- gives an offset a second row under the same revision.
SELECT q.feed, q.topic, q.partition, q.offset, q.reason, q.field, q.detail, q.received, q.message_key, q.message_value, q.message_headers
FROM
(
    SELECT feed, topic, partition, offset, argMax(reason, revision) AS reason, argMax(field, revision) AS field, argMax(detail, revision) AS detail, argMax(received, revision) AS received,
        argMax(message_key, revision) AS message_key, argMax(message_value, revision) AS message_value, argMax(message_headers, revision) AS message_headers
    FROM {{from "quality.quarantine"}}
    WHERE 1{{if .Feed}} AND feed = {{text .Feed}}{{end}}{{if .Topic}} AND topic = {{text .Topic}} AND partition = {{.Partition}} AND offset = {{.Offset}}{{end}}
    GROUP BY feed, topic, partition, offset
) AS q
INNER JOIN
(
    SELECT topic, partition, offset, argMax(outcome, revision) AS newest
    FROM {{from "ledger.message"}} FINAL
    WHERE outcome != 'gap' AND (topic, partition, offset) IN (SELECT topic, partition, offset FROM {{from "quality.quarantine"}})
    GROUP BY topic, partition, offset
) AS l ON q.topic = l.topic AND q.partition = l.partition AND q.offset = l.offset
WHERE l.newest = 'quarantined'{{if .Reason}} AND q.reason = {{text .Reason}}{{end}}
ORDER BY q.received DESC, q.topic, q.partition, q.offset
LIMIT {{.Limit}}
