-- A page of features. Source and properties come from the program and the catalogue; every value of a filter is a parameter.
SELECT id, wkt, lon, lat, changed, CAST([{{range $i, $p := .Properties}}{{if $i}}, {{end}}CAST({{$p}}, 'Nullable(String)'){{end}}], 'Array(Nullable(String))') AS vals
FROM {{.Source}}
WHERE {{.Where}}
ORDER BY id LIMIT {limit:UInt64} OFFSET {offset:UInt64}
