-- Cases, decisions and what they saved, by matter and city; matters none: all.
SELECT matter, concat(left(division, 4), '00') AS city, toUInt64(count()), toUInt64(countIf(state IN ('approved', 'refused'))), toUInt64(countIf(by_rule AND state IN ('approved', 'refused'))),
    toInt64(sumIf(saved_materials, state = 'approved')), toInt64(sumIf(saved_days, state = 'approved')), toInt64(sumIf(saved_steps, state = 'approved'))
FROM matter.case
WHERE opened >= now64(6) - toIntervalDay({days:UInt32}) AND (empty({matters:Array(String)}) OR matter IN {matters:Array(String)})
GROUP BY matter, city
ORDER BY matter, city
