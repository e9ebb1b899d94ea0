-- Messages of snapshots may hold several records and marks (a JSON array, lines of CSV): part numbers them from 0, as elsewhere.
{{define "add snapshot part"}}ADD COLUMN IF NOT EXISTS part UInt32{{end -}}
{{define "add run parts"}}ADD COLUMN IF NOT EXISTS part UInt32, ADD COLUMN IF NOT EXISTS until_part UInt32{{end -}}
ALTER TABLE {{local "snapshot.message"}}{{onCluster}} {{template "add snapshot part"}}, MODIFY ORDER BY (feed, offset, part)
;;
ALTER TABLE {{local "snapshot.run"}}{{onCluster}} {{template "add run parts"}}, MODIFY ORDER BY (feed, run, part)
{{- if sharded}}
;;
ALTER TABLE snapshot.message{{onCluster}} {{template "add snapshot part"}}
;;
ALTER TABLE snapshot.run{{onCluster}} {{template "add run parts"}}
{{- end}}
