-- Streams (topic, partition, revision) that the ledger knows, for the topics of one library. Every stream is accounted for from
-- offset 0 (at least as a gap), so its first row finds it without reading the rest.
SELECT DISTINCT topic, partition, revision FROM {{from "ledger.message"}}
WHERE offset = 0 AND ({{range $i, $t := .Topics}}{{if $i}} OR {{end}}(topic = {{text .Topic}} AND revision = {{.Revision}}){{else}}0{{end}})
