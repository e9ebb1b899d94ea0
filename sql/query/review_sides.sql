-- What the living claims at two anchors say of the elements that are matched: the newest value of each, and who says it.
SELECT anchor, arraySort(groupUniqArray(feed)){{range .Fields}}, ifNull(toString(argMaxIf({{ident .}}, (event_time, ver, feed, key, role), isNotNull({{ident .}}))), ''){{end}}
FROM {{from (print "claims." .Library)}}
WHERE op = 'assert' AND {{template "scope" .}} AND {{template "alive" .}}
GROUP BY anchor
