-- The base row of an anchor: the entity it belongs to, whether that row is live, and the anchors of the entity.
SELECT entity, live, anchors FROM {{from (print "resolve." .Library)}} FINAL WHERE anchor = toUUID({{text .Anchor}})
