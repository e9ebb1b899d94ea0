-- These events stand on the topic.
INSERT INTO {{into "quality.warning_told"}} (id, n, stamp)
SELECT toUUID(t.1), t.2, t.3 FROM (SELECT arrayJoin(arrayZip([{{list .IDs}}], [{{numbers .Numbers}}], [{{range $i, $s := .Stamps}}{{if $i}}, {{end}}{{$s}}{{end}}]::Array(UInt64))) AS t)
