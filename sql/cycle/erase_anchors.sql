-- Every anchor of this library that the record to be erased ever named.
INSERT INTO {{into "resolve.touched"}} (library, cycle, round, anchor)
SELECT DISTINCT {{text .Library}}, {{.Cycle}}, 0, arrayJoin(arrayMap(n -> n.2, arrayFilter(n -> bitShiftRight(n.1, 56) = {{.Number}}, arrayZip(named, anchors))))
FROM {{from "ledger.record"}}
WHERE record = cityHash64({{text .Feed}}, {{text .Key}}) AND feed = {{text .Feed}} AND key = {{text .Key}}
