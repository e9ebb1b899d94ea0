-- Records with a message in the windows of this cycle.
INSERT INTO {{into "resolve.touched_record"}} (library, cycle, feed, key)
SELECT DISTINCT {{text .Library}}, {{.Cycle}}, feed, key
FROM {{from "ledger.message"}}
WHERE {{template "naming"}} AND ({{range $i, $w := .Windows}}{{if $i}} OR {{end}}(topic = {{text .Topic}} AND partition = {{.Partition}} AND revision = {{.Revision}} AND offset >= {{.From}} AND offset < {{.To}}){{end}})
