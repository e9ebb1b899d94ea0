-- Pairs for a person to look at, the likeliest first: those that matching was not sure of, or with Linked those that it linked, in an
-- order that is none when a sample is wanted. Each with the newest that a steward did with it.
SELECT p.id, p.library, p.a, p.b, p.score, p.reason, p.at, e.kind, e.by, e.note, e.done
FROM
(
    {{- if .Linked}}
    SELECT id, library, a, b, weight AS score, reason, at FROM {{from "resolve.link"}} FINAL WHERE revoked = 0 AND steward = 0 AND by = 'match'
    {{- else}}
    SELECT id, library, a, b, score, reason, at FROM {{from "resolve.review"}} FINAL WHERE open = 1
    {{- end}}
    {{- if .Library}} AND library = {{text .Library}}{{end}}
    {{- if .ID}} AND id = toUUID({{text .ID}}){{end}}
) AS p
LEFT JOIN
(
    SELECT id, toString(argMax(kind, at)) AS kind, argMax(by, at) AS by, argMax(note, at) AS note, max(at) AS done FROM {{from "resolve.review_event"}} GROUP BY id
) AS e ON p.id = e.id
WHERE 1{{if not .Decided}} AND e.kind NOT IN ('same', 'not_same', 'unsure'){{end}}
    {{- if .After}} AND (p.score < reinterpretAsFloat64(toUInt64({{.Bits}})) OR p.score = reinterpretAsFloat64(toUInt64({{.Bits}})) AND p.id > toUUID({{text .After}})){{end}}
ORDER BY {{if .Sample}}sipHash64(p.id, {{.Sample}}){{else}}p.score DESC, p.id{{end}}
LIMIT {{.Limit}}
