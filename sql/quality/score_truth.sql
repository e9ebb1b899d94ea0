-- Of the samples of the period, by feed and element: values that the authority says are right, and those that it says are not. Of a value
-- that was asked about more than once the last word counts.
SELECT toString(f), toString(l), toString(e), countIf(v = 'match'), countIf(v = 'differs')
FROM
(
    SELECT argMax(feed, (stamp, id)) AS f, library AS l, element AS e, argMax(verdict, (stamp, id)) AS v
    FROM {{from "quality.truth_check"}} FINAL
    WHERE stamp <= {{.Stamp}} AND at >= fromUnixTimestamp64Milli({{.Begins}}) AND at < fromUnixTimestamp64Milli({{.Ends}})
    GROUP BY library, element, entity
)
GROUP BY f, l, e
ORDER BY f, l, e
