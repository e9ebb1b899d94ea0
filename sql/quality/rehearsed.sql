-- By rule: what would be open, what of it is not open now, and what is open now and would close.
SELECT rule, countIf(will), countIf(will AND NOT is), countIf(is AND NOT will)
FROM
(
    SELECT rule, max(w) AS will, max(i) AS is
    FROM
    (
        SELECT anchor, toString(feed) AS feed, key, role, toString(element) AS element, toString(rule) AS rule, 1 AS w, 0 AS i FROM {{from "quality.inspected"}} WHERE {{template "run" .}}
        UNION ALL
        SELECT anchor, toString(feed), key, role, toString(element), toString(rule), 0, 1 FROM {{from "quality.state"}} FINAL WHERE {{template "kept" .}} AND open = 1
    )
    GROUP BY anchor, feed, key, role, element, rule
)
GROUP BY rule
ORDER BY rule
