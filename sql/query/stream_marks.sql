-- Partitions of one stream that the ledger knows, each with the farthest mark of a finished cycle (0 where there is none).
SELECT partition, greatest(m.next, 0) AS next
FROM (SELECT DISTINCT partition FROM {{from "ledger.message"}} WHERE topic = {{text .Topic}} AND revision = {{.Revision}} AND offset = 0) AS p
LEFT JOIN
(
    SELECT toUInt32OrZero(splitByChar('/', name)[2]) AS partition, max(next) AS next
    FROM (SELECT arrayJoin(marks) AS mark, mark.1 AS name, mark.2 AS next FROM (SELECT marks FROM {{from "resolve.marker"}} ORDER BY cycle DESC LIMIT 1 BY library))
    WHERE splitByChar('/', name)[1] = {{text .Topic}} AND splitByChar('/', name)[3] = toString({{.Revision}})
    GROUP BY partition
) AS m ON p.partition = m.partition
ORDER BY partition
