-- For each two neighbouring versions of a record: an anchor that the older one named and the newer one does not is gone there
-- as of the newer version. This stays true whatever arrives later, in any order, and is written again only as the same row.
{{define "gone rows" -}}
WITH pairs AS
(
    SELECT feed, key, arrayJoin(arrayZip(arrayPopBack(versions), arrayPopFront(versions))) AS pair
    FROM ({{template "versions" .}})
    WHERE length(versions) > 1
)
SELECT arrayJoin(arrayDistinct(arrayFilter(a -> NOT has(pair.2.2.2, a), pair.1.2.2))) AS anchor, feed, key, '' AS role, pair.2.1 AS ver, 'gone' AS op
FROM pairs
{{- end -}}
INSERT INTO {{into (print "claims." .Library)}} {{perShard}} (anchor, feed, key, role, ver, op)
{{template "gone rows" .}}
