-- What became of published messages: records by outcome and reason, within ranges of offsets of one topic under one revision of its
-- mapping, and how many offsets are accounted for.
SELECT outcome, reason, field, sum(records) AS records, sum(offsets) AS offsets
FROM
(
    SELECT l.part, toString(l.outcome) AS outcome, q.reason AS reason, q.field AS field, toUInt64(1) AS records, toUInt64(l.part = 0) AS offsets
    FROM (SELECT partition, offset, part, outcome FROM {{from "ledger.message"}} FINAL WHERE {{template "published" .}}) AS l
    LEFT JOIN (SELECT partition, offset, part, reason, field FROM {{from "quality.quarantine"}} FINAL WHERE {{template "published" .}}) AS q
    ON l.partition = q.partition AND l.offset = q.offset AND l.part = q.part
)
GROUP BY outcome, reason, field
ORDER BY outcome, records DESC, reason, field
{{define "published"}}topic = {{text .Topic}} AND revision = {{.Revision}} AND ({{range $i, $p := .Places}}{{if $i}} OR {{end}}(partition = {{.Partition}} AND offset >= {{.From}} AND offset <= {{.To}}){{else}}0{{end}}){{end}}
