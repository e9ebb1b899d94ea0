-- Records that were refused, within windows of offsets of topics, in the order of their places, for the departments that sent them.
SELECT feed, topic, partition, revision, offset, part, toString(reason), toString(field), detail, received
FROM {{from "quality.quarantine"}} FINAL
WHERE {{range $i, $w := .Windows}}{{if $i}} OR {{end}}(topic = {{text .Topic}} AND partition = {{.Partition}} AND revision = {{.Revision}} AND offset >= {{.From}} AND offset < {{.To}}){{else}}0{{end}}
ORDER BY topic, partition, offset, part
LIMIT {{.Limit}}
