-- A new element's column; on a cluster below and above.
ALTER TABLE {{local .Table}}{{onCluster}} ADD COLUMN IF NOT EXISTS {{ident .Name}} {{.ClickHouse}} ALIAS {{template "typed value" .}}
{{- if sharded}}
;;
ALTER TABLE {{.Table}}{{onCluster}} ADD COLUMN IF NOT EXISTS {{ident .Name}} {{.ClickHouse}} ALIAS {{template "typed value" .}}
{{- end}}
