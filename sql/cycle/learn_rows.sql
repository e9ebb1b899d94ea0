-- Living claims one by one, for learning how two records of one entity differ; the same rows in the same order for the same claims.
SELECT feed{{range .Fields}}, ifNull(toString({{ident .}}), ''){{end}}
FROM {{from (print "claims." .Library)}}
WHERE op = 'assert' AND {{template "scope" .}} AND {{template "alive" .}}
ORDER BY anchor, feed, key, role
LIMIT {{.Limit}}
