CREATE TABLE {{ident .Name}} ({{if .Tuned}}raw String{{else}}{{.Columns}}{{end}})
ENGINE = Kafka SETTINGS kafka_broker_list = {{text .Brokers}}, kafka_topic_list = {{text .Topic}}, kafka_group_name = {{text .Group}},
    kafka_flush_interval_ms = 1000, kafka_poll_timeout_ms = 100, kafka_poll_max_batch_size = 65536, kafka_max_block_size = 262144,
{{- if .Tuned}}
    kafka_format = 'RawBLOB', kafka_num_consumers = {{.Consumers}}, kafka_thread_per_consumer = 1
{{- else}}
    kafka_format = 'JSONEachRow', kafka_handle_error_mode = 'stream'
{{- end}}
;;
CREATE MATERIALIZED VIEW {{ident (print .Name "_view")}} TO {{.Table}} AS
{{- if .Tuned}}
WITH JSONExtract(raw, {{text .Tuple}}) AS t
{{- end}}
SELECT {{range $i, $s := .Selected}}{{if $i}}, {{end}}{{.Expression}} AS {{ident .Name}}{{end}}
FROM {{ident .Name}}
