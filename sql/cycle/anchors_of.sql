-- All anchors that belong to an entity, those without a live claim too.
SELECT anchor FROM {{from "resolve.member"}} FINAL WHERE library = {{text .Library}} AND entity = toUUID({{text .Anchor}})
UNION DISTINCT
SELECT toUUID({{text .Anchor}})
