-- Which materials kept cases open when they were opened, the most first: what the libraries are asked for and do not give.
SELECT matter, arrayJoin(open_materials) AS material, toUInt64(count()) AS n
FROM matter.case
WHERE opened >= now64(6) - toIntervalDay({days:UInt32}) AND (empty({matters:Array(String)}) OR matter IN {matters:Array(String)})
GROUP BY matter, material
ORDER BY n DESC, matter, material
LIMIT 1000
