-- What the claims at two anchors say of the elements that are matched: the newest value of each, and who says it.
SELECT anchor, arraySort(groupUniqArray(feed)){{range .Fields}}, ifNull(toString(argMaxIf({{ident .}}, (event_time, ver), isNotNull({{ident .}}))), ''){{end}}
FROM {{from (print "claims." .Library)}}
WHERE op = 'assert' AND anchor IN (toUUID({{text .A}}), toUUID({{text .B}}))
GROUP BY anchor
