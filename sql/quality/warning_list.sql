-- Warnings as they are, the newest first; or all events of one, or the events that nobody was told of.
SELECT id, n, toString(action), by, note, at, stamp, toString(library), toString(rule), toString(level), entity, other, area, figure, toString(state), toString(outcome), toString(judgement), round, raised, ends
FROM {{if .Events}}{{from "quality.warning_event"}} FINAL{{else}}(SELECT * FROM {{from "quality.warning_event"}} FINAL {{if .ID}}WHERE id = toUUID({{text .ID}}){{end}} ORDER BY n DESC LIMIT 1 BY id){{end}}
WHERE 1{{if .ID}} AND id = toUUID({{text .ID}}){{end}}
    {{- if .State}} AND state = {{text .State}}{{end}}
    {{- if .Rules}} AND rule IN ([{{list .Rules}}]){{end}}
    {{- if .Areas}} AND area != ''{{end}}
    {{- if .Before}} AND (stamp, id) < ({{.Before}}, toUUID({{text .BeforeID}})){{end}}
    {{- if .Untold}} AND stamp > {{.Since}} AND (stamp, id, n) NOT IN (SELECT stamp, id, n FROM {{from "quality.warning_told"}} WHERE stamp > {{.Since}}){{end}}
ORDER BY {{if .Events}}stamp, id, n{{else}}stamp DESC, id DESC{{end}}
{{if .Limit}}LIMIT {{.Limit}}{{end}}
