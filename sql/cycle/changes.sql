-- What this cycle is about to change: the new rows in the work table against the base rows as they are.
INSERT INTO {{into "resolve.change"}} {{perShard}} (library, cycle, entity, kind, elements, other)
WITH [{{list .Rule.Names}}] AS names
SELECT {{text .Library}}, {{.Cycle}}, anchor, kind, elements, other
FROM
(
    SELECT
        n.anchor AS anchor,
        arrayZip(n.els, n.vals) AS new, arrayZip(o.els, o.vals) AS old,
        if(new = old, [], arraySort(arrayDistinct(arrayMap(x -> names[x.1], arrayConcat(arrayFilter(x -> NOT has(old, x), new), arrayFilter(x -> NOT has(new, x), old)))))) AS differing,
        o.anchor != toUUID('00000000-0000-0000-0000-000000000000') AS known,
        multiIf(
            n.live AND NOT o.live, if(known AND o.entity != o.anchor, 'split', 'created'),
            n.live AND o.live AND (notEmpty(differing) OR n.sources != o.sources OR n.anchors != o.anchors), 'updated',
            NOT n.live AND o.live, if(n.entity != n.anchor, 'merged', 'removed'),
            '') AS kind,
        multiIf(kind = 'updated', differing, kind IN ('created', 'split'), arrayMap(e -> names[e], n.els), []) AS elements,
        multiIf(kind = 'split', o.entity, kind = 'merged', n.entity, toUUID('00000000-0000-0000-0000-000000000000')) AS other
    FROM (SELECT anchor, entity, live, sources, anchors, els, vals FROM {{from .Target}} WHERE ver = {{.Cycle}}) AS n
    LEFT JOIN (SELECT anchor, entity, live, sources, anchors, els, vals FROM {{from (print "resolve." .Library)}} WHERE {{template "scope" .}} ORDER BY ver DESC LIMIT 1 BY anchor) AS o ON n.anchor = o.anchor
)
WHERE kind != ''
