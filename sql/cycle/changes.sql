{{define "texts"}}[{{range $i, $e := .Rule.Elements}}{{if $i}}, {{end}}ifNull(toString({{ident $e.Name}}), '\\0'){{end}}]{{end}}
-- What this cycle is about to change: the new rows in the work table against the base rows as they are.
INSERT INTO {{into "resolve.change"}} {{perShard}} (library, cycle, entity, kind, elements, other)
WITH [{{range $i, $e := .Rule.Elements}}{{if $i}}, {{end}}{{text $e.Name}}{{end}}] AS names
SELECT {{text .Library}}, {{.Cycle}}, anchor, kind, elements, other
FROM
(
    SELECT
        n.anchor AS anchor,
        arrayFilter((name, x, y) -> x != y, names, n.vals, arrayResize(o.vals, length(names))) AS differing,
        o.anchor != toUUID('00000000-0000-0000-0000-000000000000') AS known,
        multiIf(
            n.live AND NOT o.live, if(known AND o.entity != o.anchor, 'split', 'created'),
            n.live AND o.live AND (notEmpty(differing) OR n.sources != o.sources OR n.anchors != o.anchors), 'updated',
            NOT n.live AND o.live, if(n.entity != n.anchor, 'merged', 'removed'),
            '') AS kind,
        multiIf(kind = 'updated', differing, kind IN ('created', 'split'), arrayFilter((name, x) -> x != '\\0', names, n.vals), []) AS elements,
        multiIf(kind = 'split', o.entity, kind = 'merged', n.entity, toUUID('00000000-0000-0000-0000-000000000000')) AS other
    FROM (SELECT anchor, entity, live, sources, anchors, {{template "texts" .}} AS vals FROM {{from .Target}} WHERE ver = {{.Cycle}}) AS n
    LEFT JOIN (SELECT anchor, entity, live, sources, anchors, {{template "texts" .}} AS vals FROM {{from (print "resolve." .Library)}} FINAL WHERE {{template "scope" .}}) AS o ON n.anchor = o.anchor
)
WHERE kind != ''
