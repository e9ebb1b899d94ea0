-- Areas with many entities of which a warning's condition holds, or with many more than in the span before: one scan of the columns that
-- the condition names.
INSERT INTO {{into "quality.broken"}} (library, run, rule, element, entity, anchor, other, figure)
SELECT {{text .Library}}, {{.Run}}, {{text .Counted.Code}}, area, toUUID('00000000-0000-0000-0000-000000000000'), toUUID('00000000-0000-0000-0000-000000000000'), toUUID('00000000-0000-0000-0000-000000000000'), now
FROM
(
    SELECT {{with .Counted}}{{if .Inside}}'inside'{{else if .Cell}}h3ToString(geoToH3(assumeNotNull(latitude), assumeNotNull(longitude), {{.Cell}})){{else}}substringUTF8(assumeNotNull(CAST({{ident .By}}, 'Nullable(String)')), 1, {{.Left}}){{end}} AS area,
        {{if .Of}}countIf({{ident .Of}} > subtractDays(toDate32({{text $.Day}}), {{.Days}}) AND {{ident .Of}} <= toDate32({{text $.Day}})) AS now,
        countIf({{ident .Of}} > subtractDays(toDate32({{text $.Day}}), 2 * {{.Days}}) AND {{ident .Of}} <= subtractDays(toDate32({{text $.Day}}), {{.Days}})) AS before
        {{- else}}count() AS now, 0 AS before{{end}}
    FROM {{from $.Base}} FINAL
    WHERE live = 1 AND {{if .Inside}}isNotNull(latitude) AND isNotNull(longitude)
        AND pointInPolygon((toFloat64(assumeNotNull(longitude)), toFloat64(assumeNotNull(latitude))), [{{range $i, $c := .Inside}}{{if $i}}, {{end}}(toFloat64({{index $c 0}}), toFloat64({{index $c 1}})){{end}}]){{else if .Cell}}isNotNull(latitude) AND isNotNull(longitude){{else}}isNotNull({{ident .By}}){{end}} AND ({{template "expr" .Broken}}){{end}}
    GROUP BY area
)
WHERE now >= {{.Counted.Least}}{{if .Counted.Of}} AND now >= {{.Counted.Times}} * before{{end}}
