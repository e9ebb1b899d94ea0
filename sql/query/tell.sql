INSERT INTO {{into "quality.told"}} (topic, partition, revision, next) VALUES {{range $i, $w := .Windows}}{{if $i}}, {{end}}({{text .Topic}}, {{.Partition}}, {{.Revision}}, {{.To}}){{end}}
