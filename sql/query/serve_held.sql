-- Entities of an area whose elements have these values, all of them; one more than the limit tells that there are more. A value of 18
-- characters is found by the index named, which also tells of what an entity held before: the newest row decides. Without such a value it
-- is a scan of the columns.
SELECT anchor
FROM {{from (print "resolve." .Library)}} FINAL
WHERE live = 1{{range $i, $e := .Elements}} AND CAST({{ident $e}}, 'Nullable(String)') = {v{{$i}}:String}{{end}}
    {{- range .Numbers}} AND anchor IN (SELECT anchor FROM {{from (print "resolve." $.Library)}} WHERE has(arrayFilter(v -> length(v) = 18, vals), {v{{.}}:String})){{end}}
    {{- if .Division}} AND arrayExists(p -> startsWith(assumeNotNull(CAST({{ident .Division}}, 'Nullable(String)')), p), {area:Array(String)}){{end}}
ORDER BY anchor LIMIT {limit:UInt64}
