-- What the ledger keeps of an erased record: that its offsets were read, under the keyed hash.
ALTER TABLE {{local "quality.quarantine"}}{{onCluster}} DELETE WHERE (topic, partition, offset) IN (SELECT topic, partition, offset FROM {{local "ledger.message"}} WHERE feed = {{text .Feed}} AND key = {{text .Key}}) SETTINGS mutations_sync = 2, allow_nondeterministic_mutations = 1
;;
ALTER TABLE {{local "ledger.message"}}{{onCluster}} UPDATE key = {{text .Hash}}, named = [], anchors = [], outcome = 'erased' WHERE feed = {{text .Feed}} AND key = {{text .Key}} SETTINGS mutations_sync = 2
;;
ALTER TABLE {{local "ledger.record"}}{{onCluster}} DELETE WHERE record = cityHash64({{text .Feed}}, {{text .Key}}) AND feed = {{text .Feed}} AND key = {{text .Key}} SETTINGS mutations_sync = 2
