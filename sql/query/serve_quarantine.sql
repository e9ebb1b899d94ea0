-- A window of the messages that were ever put into quarantine, without their content, the newest first, and whether each is there still: the
-- newest account of its place says so. The ledger is asked for the places of the window only.
WITH candidates AS
(
    SELECT toString(feed) AS feed, toString(topic) AS topic, partition, offset, argMax(toString(reason), revision) AS reason, argMax(toString(field), revision) AS field, argMax(received, revision) AS received
    FROM {{from "quality.quarantine"}} AS q
    WHERE empty({feeds:Array(String)}) OR q.feed IN {feeds:Array(String)}
    GROUP BY feed, topic, partition, offset
    HAVING {reason:String} = '' OR reason = {reason:String}
    ORDER BY received DESC, topic, partition, offset
    LIMIT {limit:UInt64} OFFSET {skip:UInt64}
)
SELECT q.feed, q.topic, q.partition, q.offset, q.reason, q.field, q.received, l.newest = 'quarantined'
FROM candidates AS q
LEFT JOIN
(
    SELECT toString(topic) AS topic, partition, offset, argMax(toString(outcome), revision) AS newest
    FROM {{from "ledger.message"}} FINAL
    WHERE outcome != 'gap' AND topic IN (SELECT topic FROM candidates) AND (topic, partition, offset) IN (SELECT topic, partition, offset FROM candidates)
    GROUP BY topic, partition, offset
) AS l ON q.topic = l.topic AND q.partition = l.partition AND q.offset = l.offset
ORDER BY q.received DESC, q.topic, q.partition, q.offset
