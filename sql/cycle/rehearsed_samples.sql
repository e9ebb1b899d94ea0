-- Some of the values that would be others, a few an element.
SELECT entity, d.1 AS element, d.2 AS was, d.3 AS will
FROM
(
    SELECT entity, arrayJoin(arrayFilter(t -> t.2 != t.3, arrayZip([{{range $i, $e := .Rule.Elements}}{{if $i}}, {{end}}{{text $e.Name}}{{end}}], ov, nv))) AS d
    FROM ({{template "rehearsed" .}})
    WHERE before AND after
)
ORDER BY element, entity
LIMIT 5 BY element
