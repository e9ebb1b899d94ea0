-- Messages, or single records of messages that hold several, that are in quarantine now: the newest account of their place still says
-- so. The bytes of a message stand once, beside its first refused record; whole brings them to all of them. FINAL, because a retry that
-- succeeded gives a place a second row under the same revision.
{{define "chosen"}}1{{if .Feed}} AND feed = {{text .Feed}}{{end}}{{if .Topic}} AND topic = {{text .Topic}} AND partition = {{.Partition}} AND offset = {{.Offset}}{{end}}{{if .Since}} AND s.received >= fromUnixTimestamp64Milli({{.Since}}){{end}}{{if .Until}} AND s.received < fromUnixTimestamp64Milli({{.Until}}){{end}}{{end -}}
SELECT q.feed, q.topic, q.partition, q.offset, q.part, q.reason, q.field, q.detail, q.received, q.whole_key, q.whole_value, q.whole_headers
FROM
(
    SELECT feed, topic, partition, offset, part, argMax(reason, revision) AS reason, argMax(field, revision) AS field, argMax(detail, revision) AS detail, argMax(received, revision) AS received,
        max(argMax(message_key, revision)) OVER place AS whole_key, max(argMax(message_value, revision)) OVER place AS whole_value, max(argMax(message_headers, revision)) OVER place AS whole_headers
    FROM {{from "quality.quarantine"}} AS s
    WHERE {{template "chosen" .}}
    GROUP BY feed, topic, partition, offset, part
    WINDOW place AS (PARTITION BY topic, partition, offset)
) AS q
INNER JOIN
(
    SELECT topic, partition, offset, part, argMax(outcome, revision) AS newest
    FROM {{from "ledger.message"}} FINAL
    WHERE outcome != 'gap' AND (topic, partition, offset) IN (SELECT topic, partition, offset FROM {{from "quality.quarantine"}} AS s WHERE {{template "chosen" .}})
    GROUP BY topic, partition, offset, part
) AS l ON q.topic = l.topic AND q.partition = l.partition AND q.offset = l.offset AND q.part = l.part
WHERE l.newest = 'quarantined'{{if .Reason}} AND q.reason = {{text .Reason}}{{end}}
ORDER BY q.received DESC, q.topic, q.partition, q.offset, q.part
LIMIT {{.Limit}}
