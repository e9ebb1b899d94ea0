-- Streams (topic, partition, revision) that the ledger knows, for the topics of one library. Every stream is accounted for from
-- offset 0 (at least as a gap), so its first row finds it without reading the rest.
SELECT DISTINCT topic, partition, revision FROM {{from "ledger.message"}}
WHERE {{if .Topics}}offset = 0 AND topic IN ({{range $i, $t := .Topics}}{{if $i}}, {{end}}{{text .Topic}}{{end}}) AND (topic, revision) IN ({{range $i, $t := .Topics}}{{if $i}}, {{end}}({{text .Topic}}, {{.Revision}}){{end}}){{else}}0{{end}}
