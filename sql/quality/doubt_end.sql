-- Doubts that end though the value is what it was.
INSERT INTO {{into "quality.doubt"}} (library, id, rule, entity, anchor, feed, key, role, element, hash, by, at, ended, why, stamp)
SELECT library, id, rule, entity, anchor, feed, key, role, element, hash, by, at, 1, {{text .Why}}, {{.Run}}
FROM {{from "quality.doubt"}} FINAL WHERE library = {{text .Library}} AND id IN ([{{list .IDs}}]::Array(String)) AND ended = 0
