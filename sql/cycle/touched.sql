-- Every anchor of this library that any version of a touched record ever named.
INSERT INTO {{into "resolve.touched"}} {{perShard}} (library, cycle, round, anchor)
SELECT DISTINCT {{text .Library}}, {{.Cycle}}, 0, arrayJoin(arrayMap(n -> n.2, arrayFilter(n -> bitShiftRight(n.1, 56) = {{.Number}}, arrayZip(named, anchors)))) AS anchor
FROM {{from "ledger.record"}}
WHERE {{template "naming"}} AND record IN (SELECT cityHash64(feed, key) FROM {{from "resolve.touched_record"}} WHERE library = {{text .Library}} AND cycle = {{.Cycle}})
