-- Whether another process that was heard of lately owns the library. The engine's clock judges both.
SELECT count()
FROM (SELECT instance FROM {{from "resolve.owner"}} WHERE library = {{text .Library}} ORDER BY epoch DESC LIMIT 1) AS o
INNER JOIN (SELECT instance, argMax((seen, ended), (seen, ended)) AS last FROM {{from "resolve.beat"}} GROUP BY instance) AS b ON o.instance = b.instance
WHERE o.instance != {{text .Instance}} AND last.2 = 0 AND last.1 > now64(3) - INTERVAL {{.Seconds}} SECOND
