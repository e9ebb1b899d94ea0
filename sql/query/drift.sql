-- How a feed's messages depart from its contract: fields that it does not have, fields whose values have come in more than one type, fields
-- that stay away. since is the first sighting of what is new about it.
SELECT feed, field, multiIf(has(types, 'absent'), 'stays away', length(types) > 1, 'has several types', 'is not in the contract') AS what,
    arraySort(types) AS types, mapped, since, topic, partition, offset
FROM
(
    SELECT feed, field, groupUniqArray(toString(type)) AS types, max(mapped) AS mapped, max(received) AS since, argMax(topic, received) AS topic,
        argMax(partition, received) AS partition, argMax(offset, received) AS offset
    FROM {{from "quality.field"}} FINAL
    WHERE 1{{if .Feed}} AND feed = {{text .Feed}}{{end}}
    GROUP BY feed, field
)
WHERE mapped = 0 OR length(types) > 1
ORDER BY feed, what, field
LIMIT {{.Limit}}
