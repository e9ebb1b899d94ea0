-- The key of the refused record, where it is known: by it a refusal is a finding of that record, which ends when the record is taken.
ALTER TABLE {{local "quality.quarantine"}}{{onCluster}} ADD COLUMN IF NOT EXISTS record String
{{- if sharded}}
;;
ALTER TABLE quality.quarantine{{onCluster}} ADD COLUMN IF NOT EXISTS record String
{{- end}}
