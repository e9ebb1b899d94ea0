-- Messages of snapshots that are dealt with.
ALTER TABLE {{local "snapshot.message"}}{{onCluster}} DELETE WHERE feed = {{text .Feed}} AND (offset, part) < ({{.Done}}, {{.DonePart}}) SETTINGS mutations_sync = 2
