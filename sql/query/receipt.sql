-- What became of published messages: records by outcome and reason, within ranges of offsets of one topic under one revision of its
-- mapping, and how many offsets are accounted for. A row of the ledger may be a range that reaches beyond them.
SELECT outcome, reason, field, sum(records) AS records, sum(offsets) AS offsets
FROM
(
    SELECT toString(l.outcome) AS outcome, q.reason AS reason, q.field AS field, if(l.part = 0, l.covered, toUInt64(1)) AS records, if(l.part = 0, l.covered, toUInt64(0)) AS offsets
    FROM
    (
        SELECT partition, offset, part, outcome,
            toUInt64(arraySum(p -> if(partition = p.1 AND until >= p.2 AND offset <= p.3, least(until, p.3) - greatest(offset, p.2) + 1, 0), {{template "published places" .}})) AS covered
        FROM {{from "ledger.message"}} FINAL
        WHERE topic = {{text .Topic}} AND revision = {{.Revision}} AND arrayExists(p -> partition = p.1 AND until >= p.2 AND offset <= p.3, {{template "published places" .}})
    ) AS l
    LEFT JOIN
    (
        SELECT partition, offset, part, reason, field FROM {{from "quality.quarantine"}} FINAL
        WHERE topic = {{text .Topic}} AND revision = {{.Revision}} AND arrayExists(p -> partition = p.1 AND offset >= p.2 AND offset <= p.3, {{template "published places" .}})
    ) AS q
    ON l.partition = q.partition AND l.offset = q.offset AND l.part = q.part
)
GROUP BY outcome, reason, field
ORDER BY outcome, records DESC, reason, field
{{define "published places"}}[{{range $i, $p := .Places}}{{if $i}}, {{end}}(toUInt32({{.Partition}}), toUInt64({{.From}}), toUInt64({{.To}})){{end}}]::Array(Tuple(UInt32, UInt64, UInt64)){{end}}
