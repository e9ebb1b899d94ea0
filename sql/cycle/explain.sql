-- Every claim row at the anchors of an entity, as stored. tie tells two roles of one message apart, as the rule does.
SELECT anchor, feed, key, role, ver, toString(op), event_time, topic, partition, offset, received, tier, jurisdiction, bitShiftRight(sipHash64(role), 8) AS tie{{range .Rule.Elements}}, toString({{ident .Name}}){{end}}
FROM {{from (print "claims." .Library)}}
WHERE anchor IN ({{range $i, $a := .Anchors}}{{if $i}}, {{end}}toUUID({{text $a}}){{end}})
ORDER BY feed, key, role, ver
