{{define "superseded" -}}
{{/* Most anchors have one version of each record: only the others are looked at version by version. */ -}}
SELECT anchor, record, arrayJoin(groupUniqArray(v)) AS ver
FROM
(
    SELECT anchor, groupArray(cityHash64(feed, key)) AS records, groupArray(ver) AS vers
    FROM {{from (print "claims." .Library)}}
    WHERE {{template "scope" .}}
    GROUP BY anchor
    HAVING length(arrayDistinct(records)) < length(records)
    SETTINGS optimize_aggregation_in_order = 1
)
ARRAY JOIN records AS record, vers AS v
GROUP BY anchor, record
HAVING ver < max(v)
{{- end -}}
-- Before a scan of everything: what newer versions have replaced, once for all its steps. A first load has all versions of the records
-- that have several in its work list: an anchor that one but the newest named has a row of a later one, which names it too or is gone there.
INSERT INTO {{into "resolve.superseded"}} {{perShard}} (library, cycle, anchor, record, ver)
{{- if .First}}
SELECT {{text .Library}}, {{.Cycle}}, arrayJoin(older.2).2, record, older.1
FROM (SELECT cityHash64(feed, key) AS record, arrayJoin(arrayPopBack(versions)) AS older FROM ({{template "versions" .}}))
{{- else}}
SELECT {{text .Library}}, {{.Cycle}}, anchor, record, ver FROM
(
    {{template "superseded" .}}
)
{{- end}}
