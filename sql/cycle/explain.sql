-- Every claim row at the anchors of an entity, as stored.
SELECT anchor, feed, key, role, ver, toString(op), event_time, topic, partition, offset, received, tier, jurisdiction{{range .Rule.Elements}}, toString({{ident .Name}}){{end}}
FROM {{from (print "claims." .Library)}}
WHERE anchor IN ({{range $i, $a := .Anchors}}{{if $i}}, {{end}}toUUID({{text $a}}){{end}})
ORDER BY feed, key, role, ver
