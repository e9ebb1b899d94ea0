-- Warnings whose term has passed end, though their cause stands.
INSERT INTO {{into "quality.warning_event"}} ({{template "warning columns" .}})
SELECT id, {{template "next odd"}}, 'expire', 'system', '', fromUnixTimestamp64Milli({{.Now}}), {{.Stamp}}, library, rule, level, entity, other, area, figure, 'ended', 'expired', judgement, round, raised, ends
FROM
(
    SELECT * FROM {{from "quality.warning_event"}} FINAL
    WHERE id IN (SELECT id FROM {{from "quality.warning_event"}} WHERE ends > fromUnixTimestamp64Milli(0) AND ends <= fromUnixTimestamp64Milli({{.Now}}))
    ORDER BY n DESC LIMIT 1 BY id
)
WHERE state = 'open' AND ends > fromUnixTimestamp64Milli(0) AND ends <= fromUnixTimestamp64Milli({{.Now}})
