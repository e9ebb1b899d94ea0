-- Work orders as they are, or all events of one, or the events that nobody was told of.
SELECT id, n, toString(action), by, note, at, stamp, toString(library), toString(feed), key, role, toString(element), toString(rule), entity, anchor, toString(severity), toString(state), toString(stage), round,
    toString(department), toString(authority), level, due, opened, closed, toString(outcome)
FROM {{if .Events}}{{from "quality.order_event"}} FINAL{{else}}(SELECT * FROM {{from "quality.order_event"}} FINAL {{if .ID}}WHERE id = toUUID({{text .ID}}){{end}} ORDER BY n DESC LIMIT 1 BY id){{end}}
WHERE 1{{if .ID}} AND id = toUUID({{text .ID}}){{end}}
    {{- if .Department}} AND (multiIf(state = 'disputed', authority, state = 'appealed', {{text .Board}}, department) = {{text .Department}} OR department = {{text .Department}}){{end}}
    {{- if .State}} AND state = {{text .State}}{{else if not .Closed}} AND state != 'closed'{{end}}
    {{- if .Feed}} AND feed = {{text .Feed}}{{end}}
    {{- if .After.ID}} AND ({{template "order place" .}}, id) > (toInt64({{.After.At}}), toUUID({{text .After.ID}})){{end}}
    {{- if .Entity}} AND entity = toUUID({{text .Entity}}){{end}}
    {{- if .Rule}} AND rule = {{text .Rule}}{{end}}
    {{- if .Overdue}} AND due > fromUnixTimestamp64Milli(0) AND due <= fromUnixTimestamp64Milli({{.Now}}){{end}}
    {{- if .Untold}} AND stamp > {{.Since}} AND (stamp, id, n) NOT IN (SELECT stamp, id, n FROM {{from "quality.order_told"}} WHERE stamp > {{.Since}}){{end}}
ORDER BY {{if .Events}}stamp, id, n{{else}}{{template "order place" .}}, id{{end}}
{{if .Limit}}LIMIT {{.Limit}}{{end}}
{{define "order place"}}{{if .Newest}}-toUnixTimestamp64Milli(opened){{else}}toUnixTimestamp64Milli(due){{end}}{{end}}
