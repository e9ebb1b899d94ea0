{{define "about"}}
    SELECT {{template "order id" .}} AS id, library, feed, key, role, element, rule, max(open) AS holds,
        argMax(entity, (open, ver)) AS at_entity, argMax(anchor, (open, ver)) AS at_anchor, argMax(claim, (open, ver)) AS at_claim
    FROM {{from "quality.state"}} FINAL
    WHERE library = {{text .Library}} AND {{template "looked at" .}}
    GROUP BY library, feed, key, role, element, rule
{{end -}}
-- Work orders follow the findings: what holds and has no order gets one, what holds again opens its order again, and what holds no
-- longer closes it, whatever its state. What the board has waived stays closed.
INSERT INTO {{into "quality.order_event"}} ({{template "order columns" .}})
SELECT id, n + 1,
    multiIf(holds = 0, 'verify', n = 0, 'open', 'reopen') AS act, 'system', '', fromUnixTimestamp64Milli({{.Now}}), {{.Stamp}},
    library, feed, key, role, element, rule, entity, anchor, claim,
    if(n = 0, transform(rule, [{{list .RuleCodes}}]::Array(String), [{{list .RuleSeverities}}]::Array(String), 'major'), severity),
    if(holds = 1, 'open', 'closed'), if(holds = 1, 'assess', 'track'), if(holds = 1, round + 1, round),
    if(n = 0, if(rule IN ([{{list .OwnerRules}}]::Array(String)) AND owner != '', owner, transform(feed, [{{list .FeedNames}}]::Array(String), [{{list .FeedDepartments}}]::Array(String), splitByChar('.', feed)[1])), department),
    if(n = 0, if(owner = '', {{text .Board}}, owner), authority),
    0, if(holds = 1, fromUnixTimestamp64Milli({{.DueAcknowledge}}), fromUnixTimestamp64Milli(0)),
    if(holds = 1, fromUnixTimestamp64Milli({{.Now}}), opened), if(holds = 1, fromUnixTimestamp64Milli(0), fromUnixTimestamp64Milli({{.Now}})),
    multiIf(holds = 1, '', rule IN ('user.doubted', 'truth.differs') AND (library, feed, key, role, element, rule) IN
        (SELECT toString(library), toString(feed), key, role, toString(element), toString(rule) FROM {{from "quality.doubt"}} FINAL WHERE library = {{text .Library}} AND ended = 1), 'stands', 'mended')
FROM
(
    SELECT f.id AS id, toString(f.library) AS library, toString(f.feed) AS feed, f.key AS key, f.role AS role, toString(f.element) AS element, toString(f.rule) AS rule, f.holds AS holds,
        f.at_entity AS entity, f.at_anchor AS anchor, f.at_claim AS claim, o.n AS n, toString(o.severity) AS severity, toString(o.state) AS state, o.round AS round, toString(o.department) AS department, toString(o.authority) AS authority,
        o.opened AS opened, toString(o.outcome) AS outcome,
        transform(concat(library, '.', element), [{{list .ElementNames}}]::Array(String), [{{list .ElementOwners}}]::Array(String), '') AS owner
    FROM ({{template "about" .}}) AS f
    LEFT JOIN
    (
        SELECT * FROM {{from "quality.order_event"}} FINAL
        WHERE {{if .All}}library = {{text .Library}}{{else}}id IN (SELECT id FROM ({{template "about" .}})){{end}}
        ORDER BY n DESC LIMIT 1 BY id
    ) AS o ON f.id = o.id
)
WHERE (holds = 1 AND (n = 0 OR state = 'closed' AND outcome != 'waived')) OR (holds = 0 AND n > 0 AND state != 'closed')
