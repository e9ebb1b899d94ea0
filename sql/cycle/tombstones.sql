-- The other anchors in scope: each names the entity it belongs to now; an entity without a live claim is not live.
INSERT INTO {{into .Target}} {{perShard}} (anchor, entity, live, ver)
SELECT t.anchor, if(m.entity = toUUID('00000000-0000-0000-0000-000000000000'), t.anchor, m.entity), 0, {{.Cycle}}
FROM
(
    SELECT DISTINCT anchor FROM {{if .All}}{{from (print "claims." .Library)}}{{else}}{{from "resolve.touched"}} WHERE library = {{text .Library}} AND cycle = {{.Cycle}}{{end}}
) AS t
LEFT JOIN (SELECT anchor, entity FROM {{from .MemberTable}} FINAL WHERE library = {{text .Library}} AND {{template "scope" .}}) AS m ON t.anchor = m.anchor
WHERE t.anchor NOT IN (SELECT anchor FROM {{from .Target}} WHERE ver = {{.Cycle}} AND live = 1)
