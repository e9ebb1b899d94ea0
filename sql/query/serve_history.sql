-- Every claim row at the anchors of an entity that says something, or that ends what was said: the asked elements as text.
SELECT anchor, toString(feed), key, role, ver, toString(op), event_time, received, toString(topic), partition, offset
    {{- range .Columns}}, CAST({{ident .}}, 'Nullable(String)'){{end}}
FROM {{from (print "claims." .Library)}} FINAL
WHERE anchor IN {anchors:Array(UUID)} AND op IN ('assert', 'gone')
ORDER BY received, topic, partition, offset
