-- Findings at the anchors in scope: open while their claim is the newest version of its record there. Those of inspections are theirs.
INSERT INTO {{into "quality.state"}} {{perShard}} (library, entity, anchor, feed, key, role, element, rule, claim, open, ver)
SELECT {{text .Library}}, if(m.entity = toUUID('00000000-0000-0000-0000-000000000000'), f.anchor, m.entity), f.anchor, f.feed, f.key, f.role, f.element, f.rule, f.claim, f.claim = top.ver, {{.Cycle}}
FROM
(
    SELECT anchor, feed, key, role, element, rule, max(ver) AS claim
    FROM {{from "quality.finding"}} WHERE library = {{text .Library}} AND {{template "scope" .}} AND NOT {{template "inspected rule"}}
    GROUP BY anchor, feed, key, role, element, rule
) AS f
LEFT JOIN
(
    SELECT anchor, feed, key, max(ver) AS ver FROM {{template "live claims" .}}
    WHERE {{if .All}}1{{else}}{{template "live" .}}{{end}} AND (anchor, feed, key) IN (SELECT anchor, feed, key FROM {{from "quality.finding"}} WHERE library = {{text .Library}} AND {{template "scope" .}})
    GROUP BY anchor, feed, key
) AS top ON f.anchor = top.anchor AND f.feed = top.feed AND f.key = top.key
LEFT JOIN (SELECT anchor, entity FROM {{from .MemberTable}} FINAL WHERE library = {{text .Library}} AND {{template "scope" .}}) AS m ON f.anchor = m.anchor
