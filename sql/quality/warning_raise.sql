-- Warnings follow what inspections find: what holds and does not stand is raised, also when it was withdrawn before. One that has expired
-- is not raised again before its cause was gone. Of some declarations at a time: their names, levels and terms stand in the statement.
INSERT INTO {{into "quality.warning_event"}} ({{template "warning columns" .}})
SELECT id, {{template "next odd"}}, 'raise', 'system', '', fromUnixTimestamp64Milli({{.Now}}), {{.Stamp}}, {{text .Library}}, rule, transform(rule, [{{list .Codes}}]::Array(String), [{{list .Levels}}]::Array(String), 'blue'),
    entity, other, area, figure, 'open', '', '', round + 1, fromUnixTimestamp64Milli({{.Now}}),
    if(days = 0, fromUnixTimestamp64Milli(0), fromUnixTimestamp64Milli({{.Now}} + days * 86400000))
FROM
(
    SELECT h.id AS id, h.rule AS rule, h.entity AS entity, h.other AS other, h.area AS area, h.figure AS figure, o.n AS n, o.round AS round, toString(o.outcome) AS was,
        transform(rule, [{{list .Codes}}]::Array(String), [{{range $i, $d := .Days}}{{if $i}}, {{end}}{{$d}}{{end}}]::Array(Int64), toInt64(0)) AS days
    FROM ({{template "warning holds" .}}) AS h
    LEFT JOIN
    (
        SELECT id, n, outcome, round FROM {{from "quality.warning_event"}} FINAL
        WHERE library = {{text .Library}} AND id IN (SELECT id FROM ({{template "warning holds" .}}))
        ORDER BY n DESC LIMIT 1 BY id
    ) AS o ON h.id = o.id
)
WHERE n = 0 OR was = 'withdrawn'
