-- The next events of finished cycles of a library, one row an entity: its last event among them. Entities that were merged into another
-- or parted from it bring the other one along.
SELECT toString(entity), max(seq) AS last, toUnixTimestamp64Milli(argMax(at, seq)) AS at, (SELECT max(seq) FROM ({{template "shared page" .}})) AS reached
FROM
(
    SELECT entity, seq, at FROM ({{template "shared page" .}})
    UNION ALL
    SELECT other AS entity, seq, at FROM ({{template "shared page" .}}) WHERE other != toUUID('00000000-0000-0000-0000-000000000000')
)
GROUP BY entity
ORDER BY last, entity
{{define "shared page"}}SELECT entity, other, seq, at FROM {{from "resolve.event"}} FINAL
        WHERE library = {{text .Library}} AND seq > {{.After}} AND seq <= (SELECT max(seq_to) FROM {{from "resolve.marker"}} FINAL WHERE library = {{text .Library}})
        ORDER BY seq LIMIT {{.Limit}}{{end}}
