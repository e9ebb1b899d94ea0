-- What this cycle is about to change: the new rows in the work table against the base rows as they are.
INSERT INTO {{into "resolve.change"}} {{perShard}} (library, cycle, entity, kind, elements, other)
WITH [{{list .Rule.Names}}] AS names
SELECT {{text .Library}}, {{.Cycle}}, anchor, kind, elements, other
FROM
(
    SELECT
        n.anchor AS anchor,
        arrayMap((e, v) -> cityHash64(e, v), n.els, n.vals) AS new, arrayMap((e, v) -> cityHash64(e, v), o.els, o.vals) AS old, -- hashes: a lambda copies what it looks into
        arraySort(arrayFilter(name -> name != '', arrayDistinct(arrayMap(e -> names[e], arrayConcat(arrayFilter((e, h) -> NOT has(old, h), n.els, new), arrayFilter((e, h) -> NOT has(new, h), o.els, old)))))) AS differing,
        o.anchor != toUUID('00000000-0000-0000-0000-000000000000') AS known,
        multiIf(
            n.live AND NOT o.live, if(known AND o.entity != o.anchor, 'split', 'created'),
            n.live AND o.live AND (notEmpty(differing) OR arraySort(arrayZip(n.els, n.sources)) != arraySort(arrayZip(o.els, o.sources)) OR n.anchors != o.anchors), 'updated',
            NOT n.live AND o.live, if(n.entity != n.anchor, 'merged', 'removed'),
            '') AS kind,
        multiIf(kind = 'updated', differing, kind IN ('created', 'split'), arrayMap(e -> names[e], n.els), []) AS elements,
        multiIf(kind = 'split', o.entity, kind = 'merged', n.entity, toUUID('00000000-0000-0000-0000-000000000000')) AS other
    FROM (SELECT anchor, entity, live, sources, anchors, els, vals FROM {{from .Target}} WHERE ver = {{.Cycle}}) AS n
    LEFT JOIN (SELECT anchor, entity, live, sources, anchors, els, vals FROM {{from (print "resolve." .Library)}} WHERE {{template "scope" .}} ORDER BY ver DESC LIMIT 1 BY anchor) AS o ON n.anchor = o.anchor
)
WHERE kind != ''
