{{/* What the attempts since the last finished cycle come to. The first says what an entity was before (a later one already saw part of
   it done), the last what it is now; one that came and went between them never was. Elements are joined. */ -}}
{{define "folded" -}}
SELECT entity,
    multiIf(was AND NOT is, last_kind, is AND NOT was, first_kind, 'updated') AS kind,
    if(is, told, []) AS elements,
    multiIf(was AND NOT is, last_other, is AND NOT was, first_other, toUUID('00000000-0000-0000-0000-000000000000')) AS other
FROM
(
    SELECT entity,
        toString(argMin(kind, cycle)) AS first_kind, toString(argMax(kind, cycle)) AS last_kind,
        argMin(other, cycle) AS first_other, argMax(other, cycle) AS last_other,
        first_kind NOT IN ('created', 'split') AS was, last_kind NOT IN ('removed', 'merged') AS is,
        arraySort(arrayDistinct(arrayFlatten(groupArray(elements)))) AS told
    FROM {{from "resolve.change"}}
    WHERE library = {{text .Library}} AND cycle > {{.Last}} AND cycle <= {{.Cycle}}
    GROUP BY entity
)
WHERE was OR is
{{- end -}}
INSERT INTO {{into "resolve.event"}} (library, seq, cycle, entity, kind, elements, other, at)
{{if .Single -}}
-- One row an entity, no unfinished attempt before it.
SELECT {{text .Library}}, {{.Seq}} + 1 + rowNumberInAllBlocks(), {{.Cycle}}, entity, kind, elements, other, fromUnixTimestamp64Milli({{.Finished}})
FROM (SELECT entity, kind, arraySort(elements) AS elements, other FROM {{from "resolve.change"}} WHERE library = {{text .Library}} AND cycle = {{.Cycle}} ORDER BY entity)
{{- else -}}
SELECT {{text .Library}}, {{.Seq}} + row_number() OVER (ORDER BY entity), {{.Cycle}}, entity, kind, elements, other, fromUnixTimestamp64Milli({{.Finished}})
FROM ({{template "folded" .}})
{{- end}}
