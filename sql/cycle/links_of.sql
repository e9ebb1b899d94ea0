-- Live links and decisions between anchors of one entity, or that keep one of them apart from another.
SELECT id, a, b, toString(judgement), weight, steward, by, reason, at
FROM {{from "resolve.link"}} FINAL
WHERE library = {{text .Library}} AND revoked = 0
    AND (a IN ({{range $i, $a := .Anchors}}{{if $i}}, {{end}}toUUID({{text $a}}){{end}}) OR b IN ({{range $i, $a := .Anchors}}{{if $i}}, {{end}}toUUID({{text $a}}){{end}}))
ORDER BY weight DESC, a, b
