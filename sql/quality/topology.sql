-- Shapes that do not fit, as the newest version of the places has them, at the base records that they are of.
INSERT INTO {{into "quality.broken"}} (library, run, rule, element, entity, anchor, other)
SELECT {{text .Library}}, {{.Run}}, t.rule, 'geometry', b.entity, arrayJoin(b.anchors), t.other
FROM
(
    SELECT entity, rule, argMax(other, area) AS other FROM {{from "space.topology"}}
    WHERE ver = (SELECT max(id) FROM {{from "space.version"}}) GROUP BY entity, rule
) AS t
INNER JOIN (SELECT anchor AS entity, anchors FROM {{from .Base}} FINAL WHERE live = 1 AND {{template "looked at" .}}) AS b ON t.entity = b.entity
