-- One event of an order.
INSERT INTO {{into "quality.order_event"}} ({{template "order columns" .}})
SELECT toUUID({{text .ID.String}}), {{.N}}, {{text .Action}}, {{text .By}}, {{text .Note}}, fromUnixTimestamp64Milli({{.At.UnixMilli}}), {{.Stamp}}, library, feed, key, role, element, rule, entity, anchor, claim, severity,
    {{text .State}}, {{text .Stage}}, {{.Round}}, {{text .Department}}, {{text .Authority}}, {{.Level}}, fromUnixTimestamp64Milli({{if .Due.IsZero}}0{{else}}{{.Due.UnixMilli}}{{end}}),
    opened, fromUnixTimestamp64Milli({{if .Closed.IsZero}}0{{else}}{{.Closed.UnixMilli}}{{end}}), {{text .Outcome}}
FROM {{from "quality.order_event"}} FINAL
WHERE id = toUUID({{text .ID.String}})
ORDER BY n DESC LIMIT 1
