-- The work table's rows become base rows.
INSERT INTO {{into (print "resolve." .Library)}} {{perShard}} (anchor, entity, live, ver, anchors, feeds, els, vals, sources, times, updated)
SELECT anchor, entity, live, ver, anchors, feeds, els, vals, sources, times, updated
FROM {{from .Target}}
WHERE ver = {{.Cycle}}
