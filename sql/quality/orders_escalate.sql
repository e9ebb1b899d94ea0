-- Orders whose term has passed: one level higher, with a new term.
INSERT INTO {{into "quality.order_event"}} ({{template "order columns" .}})
SELECT id, n + 1, 'escalate', 'system', '', fromUnixTimestamp64Milli({{.Now}}), {{.Stamp}}, library, feed, key, role, element, rule, entity, anchor, claim, severity, state, 'supervise', round, department, authority,
    toUInt8(least(level + 1, 250)), fromUnixTimestamp64Milli({{.DueEscalate}}), opened, closed, outcome
FROM (SELECT * FROM {{from "quality.order_event"}} FINAL ORDER BY n DESC LIMIT 1 BY id)
WHERE state != 'closed' AND due > fromUnixTimestamp64Milli(0) AND due <= fromUnixTimestamp64Milli({{.Now}})
