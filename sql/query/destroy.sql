-- A feed that the catalogue in force does not have any more is destroyed: what its records said and whose they were, in every table. The
-- accounts of its messages stay (place, outcome, time, a keyed hash of the record), so that figures of past periods can still be worked out.
{{range .Libraries}}ALTER TABLE {{local (print "claims." .)}}{{onCluster}} DELETE WHERE feed = {{text $.Feed}} SETTINGS mutations_sync = 2
;;
-- Older versions of base rows that it had a part in would stay readable on disk until the next merge.
ALTER TABLE {{local (print "resolve." .)}}{{onCluster}} DELETE WHERE has(feeds, {{text $.Feed}}) SETTINGS mutations_sync = 2
;;
{{end}}{{range .Tables}}ALTER TABLE {{local .}}{{onCluster}} DELETE WHERE feed = {{text $.Feed}} SETTINGS mutations_sync = 2
;;
{{end}}ALTER TABLE {{local "quality.quarantine"}}{{onCluster}} UPDATE message_key = '', message_value = '', message_headers = '', record = '' WHERE feed = {{text .Feed}} SETTINGS mutations_sync = 2
;;
INSERT INTO {{into "quality.order_event"}} ({{template "order columns" .}})
SELECT id, n + 1, 'verify', 'system', '', now64(3), toUnixTimestamp64Micro(now64(6)), library, feed, key, role, element, rule, entity, anchor, claim, severity, 'closed', 'track', round, department, authority, level,
    due, opened, now64(3), 'erased'
FROM (SELECT * FROM {{from "quality.order_event"}} FINAL WHERE feed = {{text .Feed}} ORDER BY n DESC LIMIT 1 BY id)
WHERE state != 'closed'
;;
ALTER TABLE {{local "quality.order_event"}}{{onCluster}} UPDATE key = {{template "destroyed key" .}}, note = '' WHERE feed = {{text .Feed}} AND NOT startsWith(key, 'destroyed ') SETTINGS mutations_sync = 2
;;
ALTER TABLE {{local "ledger.message"}}{{onCluster}} UPDATE key = {{template "destroyed key" .}}, named = [], anchors = [] WHERE feed = {{text .Feed}} AND key != '' AND NOT startsWith(key, 'destroyed ') SETTINGS mutations_sync = 2
;;
ALTER TABLE {{local "ledger.record"}}{{onCluster}} DELETE WHERE feed = {{text .Feed}} SETTINGS mutations_sync = 2
{{define "destroyed key"}}concat('destroyed ', hex(sipHash128Keyed((toUInt64({{index .Secret 0}}), toUInt64({{index .Secret 1}})), key))){{end}}
