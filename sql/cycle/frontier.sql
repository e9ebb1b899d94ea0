-- Where the account of each stream (topic, partition, revision) has its first hole at or after a mark: next is the first offset
-- that no row accounts for, among the rows that begin before the mark's limit. Rows are read in primary key order from the mark
-- on; a row accounts for [offset, until]; marks stand only between rows.
SELECT topic, partition, revision,
    if(countIf(hole) = 0, max(until) + 1, minIf(reached, hole)) AS next,
    countIf(NOT hole) AS messages
FROM
(
    SELECT topic, partition, revision, offset, until,
        greatest(
            ifNull(maxOrNull(until + 1) OVER (PARTITION BY topic, partition, revision ORDER BY offset ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING), 0),
            multiIf({{range .Marks}}(topic, partition, revision) = ({{text .Topic}}, {{.Partition}}, {{.Revision}}), {{.Next}}, {{end}}0)) AS reached,
        offset > reached AS hole
    FROM {{from "ledger.message"}}
    WHERE {{range $i, $m := .Marks}}{{if $i}} OR {{end}}(topic = {{text .Topic}} AND partition = {{.Partition}} AND revision = {{.Revision}} AND offset >= {{.Next}} AND offset < {{.Limit}}){{else}}0{{end}}
)
GROUP BY topic, partition, revision
