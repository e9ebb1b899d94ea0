-- The record in a snapshot that waits becomes one of the erasure list. This comes before the last snapshot forgets it, else the next
-- comparison would say that it is new, or gone.
ALTER TABLE {{local "snapshot.message"}}{{onCluster}} UPDATE kind = 9, key = '', digest = 0, value = '' WHERE feed = {{text .Feed}} AND key = {{text .Key}} SETTINGS mutations_sync = 2
;;
ALTER TABLE {{local "snapshot.record"}}{{onCluster}} DELETE WHERE feed = {{text .Feed}} AND key = {{text .Key}} SETTINGS mutations_sync = 2
;;
-- Work orders about the record end, since nobody can mend it any more; what is left of them names it by the keyed hash.
INSERT INTO {{into "quality.order_event"}} ({{template "order columns" .}})
SELECT id, n + 1, 'verify', 'system', '', now64(3), toUnixTimestamp64Micro(now64(6)), library, feed, key, role, element, rule, entity, anchor, claim, severity, 'closed', 'track', round, department, authority, level,
    due, opened, now64(3), 'erased'
FROM (SELECT * FROM {{from "quality.order_event"}} FINAL WHERE feed = {{text .Feed}} AND key = {{text .Key}} ORDER BY n DESC LIMIT 1 BY id)
WHERE state != 'closed'
;;
ALTER TABLE {{local "quality.order_event"}}{{onCluster}} UPDATE key = {{text .Hash}}, note = '' WHERE feed = {{text .Feed}} AND key = {{text .Key}} SETTINGS mutations_sync = 2
;;
-- What the ledger keeps of an erased record: that its offsets were read, under the keyed hash.
ALTER TABLE {{local "quality.quarantine"}}{{onCluster}} DELETE WHERE (topic, partition, offset) IN (SELECT topic, partition, offset FROM {{local "ledger.message"}} WHERE feed = {{text .Feed}} AND key = {{text .Key}}) OR feed = {{text .Feed}} AND record = {{text .Key}} SETTINGS mutations_sync = 2, allow_nondeterministic_mutations = 1
;;
ALTER TABLE {{local "ledger.message"}}{{onCluster}} UPDATE key = {{text .Hash}}, named = [], anchors = [], outcome = 'erased' WHERE feed = {{text .Feed}} AND key = {{text .Key}} SETTINGS mutations_sync = 2
;;
ALTER TABLE {{local "ledger.record"}}{{onCluster}} DELETE WHERE record = cityHash64({{text .Feed}}, {{text .Key}}) AND feed = {{text .Feed}} AND key = {{text .Key}} SETTINGS mutations_sync = 2
