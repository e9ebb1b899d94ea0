-- How far each stream was read: the offset behind its last accounted one, and when the broker got its newest message (0: none).
SELECT toString(topic), partition, revision, max(until) + 1, toUnixTimestamp64Milli(maxIf(received, outcome != 'gap'))
FROM {{from "ledger.message"}}
GROUP BY topic, partition, revision
