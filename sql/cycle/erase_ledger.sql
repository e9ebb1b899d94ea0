-- The record in a snapshot that waits becomes one of the erasure list. This comes before the last snapshot forgets it, else the next
-- comparison would say that it is new, or gone.
ALTER TABLE {{local "snapshot.message"}}{{onCluster}} UPDATE kind = 9, key = '', digest = 0, value = '' WHERE feed = {{text .Feed}} AND key = {{text .Key}} SETTINGS mutations_sync = 2
;;
ALTER TABLE {{local "snapshot.record"}}{{onCluster}} DELETE WHERE feed = {{text .Feed}} AND key = {{text .Key}} SETTINGS mutations_sync = 2
;;
-- What the ledger keeps of an erased record: that its offsets were read, under the keyed hash.
ALTER TABLE {{local "quality.quarantine"}}{{onCluster}} DELETE WHERE (topic, partition, offset) IN (SELECT topic, partition, offset FROM {{local "ledger.message"}} WHERE feed = {{text .Feed}} AND key = {{text .Key}}) SETTINGS mutations_sync = 2, allow_nondeterministic_mutations = 1
;;
ALTER TABLE {{local "ledger.message"}}{{onCluster}} UPDATE key = {{text .Hash}}, named = [], anchors = [], outcome = 'erased' WHERE feed = {{text .Feed}} AND key = {{text .Key}} SETTINGS mutations_sync = 2
;;
ALTER TABLE {{local "ledger.record"}}{{onCluster}} DELETE WHERE record = cityHash64({{text .Feed}}, {{text .Key}}) AND feed = {{text .Feed}} AND key = {{text .Key}} SETTINGS mutations_sync = 2
