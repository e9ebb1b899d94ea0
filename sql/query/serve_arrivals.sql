-- When messages arrived.
SELECT toString(topic), partition, offset, min(received)
FROM {{from "ledger.message"}}
WHERE topic IN {topics:Array(String)} AND offset IN {offsets:Array(UInt64)} AND part = 0
GROUP BY topic, partition, offset
