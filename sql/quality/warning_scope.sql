{{/* What the statements of warnings share. */ -}}
{{/* Events of inspections have odd numbers and judgements even ones: a person and an inspection that read the same last event write two, and
what the inspection says stands. */ -}}
{{define "next odd"}}n + 1 + n % 2{{end}}
{{define "next even"}}n + 2 - n % 2{{end}}
{{define "warning columns"}}id, n, action, by, note, at, stamp, library, rule, level, entity, other, area, figure, state, outcome, judgement, round, raised, ends{{end}}
{{define "warning holds"}}SELECT reinterpretAsUUID(sipHash128Keyed((toUInt64({{index .Secret 0}}), toUInt64({{index .Secret 1}})), rule, toString(entity), area)) AS id, rule, entity, area, other, figure
    FROM
    (
        SELECT toString(rule) AS rule, entity, toString(element) AS area, max(other) AS other, max(figure) AS figure
        FROM {{from "quality.broken"}}
        WHERE library = {{text .Library}} AND run = {{.Run}} AND {{if .Codes}}rule IN ([{{list .Codes}}]::Array(String)){{else}}startsWith(rule, 'warning.'){{end}}
        GROUP BY rule, entity, area
    ){{end}}
