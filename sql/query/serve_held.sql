-- Entities of an area whose elements have these values, all of them; one more than the limit tells that there are more. A scan of the
-- columns.
SELECT anchor
FROM {{from (print "resolve." .Library)}} FINAL
WHERE live = 1{{range $i, $e := .Elements}} AND CAST({{ident $e}}, 'Nullable(String)') = {v{{$i}}:String}{{end}}{{if .Division}} AND arrayExists(p -> startsWith(assumeNotNull(CAST({{ident .Division}}, 'Nullable(String)')), p), {area:Array(String)}){{end}}
ORDER BY anchor LIMIT {limit:UInt64}
