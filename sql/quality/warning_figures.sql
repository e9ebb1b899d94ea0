-- How warnings have done, by declaration: rounds raised, standing now, judged to be of use and judged false.
SELECT toString(rule), uniqExact(id, round), uniqExactIf(id, newest = n AND state = 'open'), uniqExactIf((id, round), judged = 'useful'), uniqExactIf((id, round), judged = 'false')
FROM
(
    SELECT id, n, rule, round, state, max(n) OVER (PARTITION BY id) AS newest, argMax(toString(judgement), n) OVER (PARTITION BY id, round) AS judged
    FROM {{from "quality.warning_event"}} FINAL
)
GROUP BY rule
ORDER BY rule
