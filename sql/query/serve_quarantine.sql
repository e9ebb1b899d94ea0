-- Messages in quarantine without their content, the newest first.
SELECT q.feed, q.topic, q.partition, q.offset, q.reason, q.field, q.received
FROM
(
    SELECT toString(feed) AS feed, toString(topic) AS topic, partition, offset, argMax(toString(reason), revision) AS reason, argMax(toString(field), revision) AS field, argMax(received, revision) AS received
    FROM {{from "quality.quarantine"}}
    WHERE empty({feeds:Array(String)}) OR feed IN {feeds:Array(String)}
    GROUP BY feed, topic, partition, offset
) AS q
INNER JOIN
(
    SELECT toString(topic) AS topic, partition, offset, argMax(outcome, revision) AS newest
    FROM {{from "ledger.message"}} FINAL
    WHERE outcome != 'gap' AND (topic, partition, offset) IN (SELECT topic, partition, offset FROM {{from "quality.quarantine"}})
    GROUP BY topic, partition, offset
) AS l ON q.topic = l.topic AND q.partition = l.partition AND q.offset = l.offset
WHERE l.newest = 'quarantined' AND ({reason:String} = '' OR q.reason = {reason:String})
ORDER BY q.received DESC, q.topic, q.partition, q.offset
LIMIT {limit:UInt64}
