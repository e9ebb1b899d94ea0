-- Partitions of some streams that the ledger knows, each with the farthest mark of a finished cycle (0 where there is none).
SELECT topic, partition, revision, greatest(m.next, 0) AS next
FROM
(
    SELECT DISTINCT topic, partition, revision FROM {{from "ledger.message"}}
    WHERE offset = 0 AND (topic, revision) IN ({{range $topic, $revision := .Revisions}}({{text $topic}}, {{$revision}}), {{end}}('', 0))
) AS p
LEFT JOIN
(
    SELECT name, max(next) AS next
    FROM (SELECT arrayJoin(marks) AS mark, mark.1 AS name, mark.2 AS next FROM (SELECT marks FROM {{from "resolve.marker"}} ORDER BY cycle DESC LIMIT 1 BY library))
    GROUP BY name
) AS m ON concat(p.topic, '/', toString(p.partition), '/', toString(p.revision)) = m.name
