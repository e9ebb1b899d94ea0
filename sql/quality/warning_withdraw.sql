-- What stood and holds no longer is withdrawn, also where its declaration is gone. Where an inspection looked at what has changed, warnings
-- are found by their entities, in two narrow columns; only those are read whole.
INSERT INTO {{into "quality.warning_event"}} ({{template "warning columns" .}})
SELECT id, {{template "next odd"}}, 'withdraw', 'system', '', fromUnixTimestamp64Milli({{.Now}}), {{.Stamp}}, library, rule, level, entity, other, area, figure, 'ended', 'withdrawn', judgement, round, raised, ends
FROM
(
    SELECT * FROM {{from "quality.warning_event"}} FINAL
    WHERE library = {{text .Library}}{{if not .All}} AND id IN
        (SELECT id FROM {{from "quality.warning_event"}} WHERE library = {{text .Library}} AND (area != '' OR entity IN (SELECT anchor FROM {{from "quality.touched"}} WHERE library = {{text .Library}} AND run = {{.Run}}))){{end}}
    ORDER BY n DESC LIMIT 1 BY id
)
WHERE outcome != 'withdrawn' AND id NOT IN (SELECT id FROM ({{template "warning holds" .}}))
