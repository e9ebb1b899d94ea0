{{/* Where a cycle reads claims: of a whole library, or of the anchors that are named, all that are alive, else the copy of those
that it touches. */ -}}
{{define "live claims"}}{{if or .All .At}}{{from (print "claims." .Library)}}{{else}}{{from (print "resolve.near_" .Library)}}{{end}}{{end}}
{{define "live"}}{{if .All}}{{template "alive" .}}{{else if .At}}{{template "scope" .}} AND {{template "alive" .}}{{else}}cycle = {{.Cycle}}{{end}}{{end -}}
-- The live claims of the anchors in scope, read once: a few thousand anchors lie scattered over the whole table, so that every look at
-- them costs a block an anchor. All that follows reads this copy. Alive is here said by a window, which needs no second look.
INSERT INTO {{into (print "resolve.near_" .Library)}} {{perShard}} (cycle, anchor, feed, key, role, ver, op, strength, also, since, event_time, els, vals)
SELECT {{.Cycle}}, anchor, feed, key, role, ver, op, strength, also, since, event_time, els, vals
FROM
(
    SELECT anchor, feed, key, role, ver, op, strength, also, since, event_time, els, vals, max(ver) OVER (PARTITION BY anchor, feed, key) AS top
    FROM {{from (print "claims." .Library)}}
    WHERE {{template "scope" .}}
)
WHERE ver = top
