-- Per department: rounds of orders mended in the period, those of them within every term, and those that stand open with a term passed.
SELECT toString(holder), countIf(mended), countIf(mended AND NOT late), countIf(NOT done AND late), countIf(NOT done), countIf(disputes > 0)
FROM
(
    SELECT argMax(department, n) AS holder,
        countIf(action = 'verify' AND at >= fromUnixTimestamp64Milli({{.Begins}}) AND at < fromUnixTimestamp64Milli({{.Ends}})) > 0 AS mended,
        countIf(action = 'escalate') > 0 AS late, argMax(state, n) = 'closed' AS done, countIf(action = 'dispute') AS disputes
    FROM {{from "quality.order_event"}} FINAL
    WHERE stamp <= {{.Stamp}}
    GROUP BY id, round
)
GROUP BY holder
ORDER BY holder
