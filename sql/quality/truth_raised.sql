-- What was found so far: findings of ingest whatever became of them, open findings of inspections, and quarantine.
SELECT DISTINCT toString(library), toString(feed), key, role, toString(element), toString(rule), toUInt8(0) AS quarantined
FROM {{from "quality.finding"}}
WHERE NOT {{template "inspected rule"}}
UNION ALL
SELECT toString(library), toString(feed), key, role, toString(element), toString(rule), 0
FROM {{from "quality.state"}} FINAL
WHERE open = 1 AND rule IN ({{list .Inspections}})
UNION ALL
SELECT DISTINCT '', toString(feed), message_key, '', '', toString(reason), 1
FROM {{from "quality.quarantine"}}
