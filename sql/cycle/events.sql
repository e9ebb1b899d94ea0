{{if .Single -}}
-- Numbers what this cycle changed: one row an entity, no unfinished attempt before it.
INSERT INTO {{into "resolve.event"}} (library, seq, cycle, entity, kind, elements, other, at)
SELECT {{text .Library}}, {{.Seq}} + 1 + rowNumberInAllBlocks(), {{.Cycle}}, entity, kind, elements, other, fromUnixTimestamp64Milli({{.Finished}})
FROM (SELECT entity, kind, arraySort(elements) AS elements, other FROM {{from "resolve.change"}} WHERE library = {{text .Library}} AND cycle = {{.Cycle}} ORDER BY entity)
{{- else -}}
-- Numbers what this cycle and the unfinished attempts before it changed. Attempts of one entity are folded: the first says what it
-- was (a later one already saw part of it done), the elements are joined.
INSERT INTO {{into "resolve.event"}} (library, seq, cycle, entity, kind, elements, other, at)
SELECT {{text .Library}}, {{.Seq}} + row_number() OVER (ORDER BY entity), {{.Cycle}}, entity, kind, elements, other, fromUnixTimestamp64Milli({{.Finished}})
FROM
(
    SELECT entity, argMin(kind, cycle) AS kind, arraySort(arrayDistinct(arrayFlatten(groupArray(elements)))) AS elements, argMin(other, cycle) AS other
    FROM {{from "resolve.change"}}
    WHERE library = {{text .Library}} AND cycle > {{.Last}} AND cycle <= {{.Cycle}}
    GROUP BY entity
)
{{- end}}
