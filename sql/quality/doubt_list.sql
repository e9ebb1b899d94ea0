-- Doubts with the work order that each has.
SELECT d.id, toString(d.library), toString(d.rule), d.ended = 1, toString(d.why), d.at, o.id, toString(o.state), toString(o.outcome), o.note
FROM (SELECT * FROM {{from "quality.doubt"}} FINAL WHERE rule = {{text .DoubtRule}}{{if .Library}} AND library = {{text .Library}}{{end}}) AS d
LEFT JOIN
(
    SELECT id, toString(library) AS library, toString(feed) AS feed, key, role, toString(element) AS element, toString(rule) AS rule, state, outcome, note
    FROM (SELECT * FROM {{from "quality.order_event"}} FINAL WHERE rule = {{text .DoubtRule}} ORDER BY n DESC LIMIT 1 BY id)
) AS o ON toString(d.library) = o.library AND toString(d.feed) = o.feed AND d.key = o.key AND d.role = o.role AND toString(d.element) = o.element AND toString(d.rule) = o.rule
ORDER BY d.id
