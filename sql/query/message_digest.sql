-- The digests of the messages at some offsets, each under whichever revision it was read last.
SELECT topic, partition, argMax(digest, revision)
FROM {{from "ledger.message"}}
WHERE (topic, partition, offset) IN ({{range $i, $m := .}}{{if $i}}, {{end}}({{text $m.Topic}}, {{$m.Partition}}, {{$m.Last}}){{end}})
GROUP BY topic, partition
