-- Every offset of every stream has exactly one outcome: counted, not believed.
SELECT topic, partition, revision, max(until) + 1 AS next,
    sumMap(map(toString(outcome), toUInt64(until - offset + 1))) AS outcomes,
    toUInt64(if(sum(until - offset + 1) < next, next - sum(until - offset + 1), 0)) AS missing,
    toUInt64(if(sum(until - offset + 1) > next, sum(until - offset + 1) - next, 0)) AS doubled
FROM {{from "ledger.message"}} FINAL
WHERE part = 0 AND ({{range $i, $t := .Topics}}{{if $i}} OR {{end}}(topic = {{text .Topic}} AND revision = {{.Revision}}){{else}}0{{end}})
GROUP BY topic, partition, revision
ORDER BY topic, partition, revision
