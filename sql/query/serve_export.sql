-- A page of live entities in the order of their ids, for exports.
SELECT anchor
FROM {{from (print "resolve." .Library)}} FINAL
WHERE live = 1 AND anchor > {after:UUID}{{if .Division}} AND arrayExists(p -> startsWith(assumeNotNull(CAST({{ident .Division}}, 'Nullable(String)')), p), {area:Array(String)}){{end}}
ORDER BY anchor LIMIT {limit:UInt64}
