-- Counts of a library from what is open to all. A cube is suppressed where it is defined; rows are counted here under the same
-- rule, so that no statistic shows less than ten of anything.
SELECT CAST([{{range $i, $d := .Dimensions}}{{if $i}}, {{end}}CAST({{ident $d}}, 'Nullable(String)'){{end}}], 'Array(Nullable(String))') AS key,
{{- if .Cube}} count AS n
FROM open.{{.Library}}
{{- else}} toUInt64(round(count() / 5) * 5) AS n
FROM open.{{.Library}}
GROUP BY key
HAVING count() >= 10
{{- end}}
ORDER BY n DESC, key LIMIT {limit:UInt64}
