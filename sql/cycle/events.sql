{{/* One event an entity over several attempts: what it was is what subscribers were last told, what it is stands in its base row.
The attempts only say which entities and elements to look at: a later one already saw part of what an earlier one did, and messages
came between. What came and went between two finished cycles is no event. */ -}}
{{define "attempts"}}SELECT entity FROM {{from "resolve.change"}} WHERE library = {{text .Library}} AND cycle > {{.Last}} AND cycle <= {{.Cycle}}{{end -}}
{{define "created"}}{{from (print "resolve." .Library)}} WHERE ver = {{.Cycle}} AND live{{end -}}
{{define "folded"}}
    SELECT c.entity AS entity,
        multiIf(was.live AND now.live, 'updated', now.live, c.birth, now.entity != now.anchor, 'merged', 'removed') AS kind,
        if(now.live, c.elements, []) AS elements,
        multiIf(kind = 'split', c.parent, kind = 'merged', now.entity, toUUID('00000000-0000-0000-0000-000000000000')) AS other
    FROM
    (
        SELECT entity, if(countIf(kind = 'split') > 0, 'split', 'created') AS birth, argMaxIf(other, cycle, kind = 'split') AS parent,
            arraySort(arrayDistinct(arrayFlatten(groupArray(elements)))) AS elements
        FROM {{from "resolve.change"}}
        WHERE library = {{text .Library}} AND cycle > {{.Last}} AND cycle <= {{.Cycle}}
        GROUP BY entity
    ) AS c
    LEFT JOIN
    (
        SELECT entity, argMax(kind, seq) NOT IN ('removed', 'merged') AS live
        FROM {{from "resolve.event"}} FINAL
        WHERE library = {{text .Library}} AND seq <= {{.Seq}} AND entity IN ({{template "attempts" .}})
        GROUP BY entity
    ) AS was ON c.entity = was.entity
    LEFT JOIN (SELECT anchor, entity, live FROM {{from (print "resolve." .Library)}} FINAL WHERE anchor IN ({{template "attempts" .}})) AS now ON c.entity = now.anchor
    WHERE was.live OR now.live
{{end -}}
{{if .First -}}
-- A first load creates every live entity, and nothing was published before: its base rows are the list. Elements are sorted as the places
-- that their names have by alphabet: numbers sort far faster.
INSERT INTO {{into "resolve.event"}} (library, seq, cycle, entity, kind, elements, other, at)
WITH [{{list .Rule.Names}}] AS names, arraySort((i, n) -> n, arrayEnumerate(names), names) AS by, arraySort((i, n) -> n, arrayEnumerate(by), by) AS places
SELECT {{text .Library}}, {{.Seq}} + 1 + rowNumberInAllBlocks(), {{.Cycle}}, entity, 'created', arrayMap(e -> names[e], arraySort(e -> places[e], els)), toUUID('00000000-0000-0000-0000-000000000000'), fromUnixTimestamp64Milli({{.Finished}})
FROM (SELECT anchor AS entity, els FROM {{template "created" .}} ORDER BY anchor)
{{- else if .Single -}}
-- Numbers what this cycle changed: one row an entity, no unfinished attempt before it.
INSERT INTO {{into "resolve.event"}} (library, seq, cycle, entity, kind, elements, other, at)
SELECT {{text .Library}}, {{.Seq}} + 1 + rowNumberInAllBlocks(), {{.Cycle}}, entity, kind, elements, other, fromUnixTimestamp64Milli({{.Finished}})
FROM (SELECT entity, kind, arraySort(elements) AS elements, other FROM {{from "resolve.change"}} WHERE library = {{text .Library}} AND cycle = {{.Cycle}} ORDER BY entity)
{{- else -}}
-- Numbers what this cycle and the unfinished attempts before it changed.
INSERT INTO {{into "resolve.event"}} (library, seq, cycle, entity, kind, elements, other, at)
SELECT {{text .Library}}, {{.Seq}} + row_number() OVER (ORDER BY entity), {{.Cycle}}, entity, kind, elements, other, fromUnixTimestamp64Milli({{.Finished}})
FROM ({{template "folded" .}})
{{- end}}
