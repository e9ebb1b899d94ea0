-- How far the records of each feed are in their life: figure, feed, count.
SELECT 'collected' AS figure, toString(feed) AS f, toUInt64(count()) AS n FROM {{from "ledger.message"}} WHERE outcome NOT IN ('control', 'aborted', 'gap') GROUP BY f
UNION ALL
SELECT 'gathered', f, toUInt64(countIf(live)) FROM (SELECT toString(feed) AS f, key, argMax(outcome, ver) = 'claimed' AS live FROM {{from "ledger.record"}} WHERE {{template "naming"}} GROUP BY f, key) GROUP BY f
UNION ALL
SELECT 'faulty', toString(feed) AS f, toUInt64(uniqExact(key)) FROM {{from "quality.state"}} FINAL WHERE open = 1 AND entity != {{template "nobody"}} GROUP BY f
UNION ALL
SELECT 'destroyed', toString(feed) AS f, toUInt64(count()) FROM {{from "ledger.erased"}} FINAL GROUP BY f
UNION ALL
SELECT 'destroyed', toString(feed) AS f, sum(records) FROM {{from "quality.lifecycle"}} FINAL WHERE stage = 'destroyed' GROUP BY f
UNION ALL
SELECT 'archived', toString(feed) AS f, argMax(records, at) FROM {{from "quality.lifecycle"}} FINAL WHERE stage = 'archived' GROUP BY f
UNION ALL
SELECT 'given', concat(toString(library), '.', element) AS f, toUInt64(count()) FROM {{from "access.audit"}} FINAL ARRAY JOIN columns AS element
WHERE decision = 'allowed' AND time >= now64(3) - toIntervalDay(90) GROUP BY f
