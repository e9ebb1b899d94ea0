-- Somebody has seen a warning and says whether it was of use.
INSERT INTO {{into "quality.warning_event"}} ({{template "warning columns" .}})
SELECT id, {{template "next even"}}, 'ack', {{text .By}}, {{text .Note}}, fromUnixTimestamp64Milli({{.Now}}), {{.Stamp}}, library, rule, level, entity, other, area, figure, state, outcome, {{text .Judgement}}, round, raised, ends
FROM {{from "quality.warning_event"}} FINAL
WHERE id = toUUID({{text .ID}})
ORDER BY n DESC LIMIT 1
