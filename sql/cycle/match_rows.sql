-- What the living claims at each anchor say of the elements that are matched, the newest value of each; anchors that have none are
-- not in it. An anchor's own claims only, whatever it is linked with: links must not feed on themselves.
SELECT anchor{{range .Fields}}, ifNull(toString(argMaxIf({{ident .}}, (event_time, ver, feed, key, role), isNotNull({{ident .}}))), ''){{end}}
FROM {{template "live claims" .}}
WHERE op = 'assert' AND {{template "live" .}}
GROUP BY anchor
ORDER BY anchor{{if .All}}
-- Anchor after anchor, as claims lie: of a million people the states of all at once took minutes and gigabytes.
SETTINGS optimize_aggregation_in_order = 1{{end}}
