-- Older versions of the base rows that the record had a part in would stay readable on disk until the next merge.
ALTER TABLE {{local (print "resolve." .Library)}}{{onCluster}} DELETE WHERE ver < {{.Cycle}} AND anchor IN ({{range $i, $a := .Anchors}}{{if $i}}, {{end}}toUUID({{text $a}}){{end}}) SETTINGS mutations_sync = 2
