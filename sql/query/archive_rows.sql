-- The live records of a feed in one library, as they were last said.
SELECT key, role, toString(ver), event_time, toString(topic), partition, offset, arrayMap(n -> ([{{list .Names}}]::Array(String))[n], els), vals
FROM {{from (print "claims." .Library)}} FINAL
WHERE feed = {{text .Feed}} AND op = 'assert' AND (key, ver) IN (SELECT key, max(ver) FROM {{from "ledger.record"}} WHERE feed = {{text .Feed}} AND {{template "naming"}} GROUP BY key)
ORDER BY key, role
