-- What grants were used for, by day in Shanghai.
SELECT toString(toDate(time, 'Asia/Shanghai')) AS day, toString(client) AS who, toString(grant) AS under, toString(operation) AS what,
    count() AS calls, countIf(decision != 'allowed') AS refused, sumIf(count, decision = 'allowed') AS answered,
    uniqExactArrayIf(subjects, decision = 'allowed') AS entities
FROM {{from "access.audit"}} FINAL
WHERE time >= now64(3) - toIntervalDay({days:UInt32}) AND ({client:String} = '' OR client = {client:String}) AND grant != ''
GROUP BY day, who, under, what
ORDER BY day DESC, who, under, what
LIMIT {limit:UInt64}
