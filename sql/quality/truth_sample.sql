-- A sample of values to ask the authority about: the entities whose keyed hash is least, so that nobody can know beforehand which they
-- are, and the same seed draws the same ones again. Never those that the authority itself gave unless they are asked for.
SELECT anchor, [{{range $i, $k := .Keys}}{{if $i}}, {{end}}vals[indexOf(els, indexOf([{{list $.Names}}]::Array(String), {{text $k}}))]{{end}}], said, transform(source, [{{numbers .Hashes}}]::Array(UInt32), [{{list .Feeds}}]::Array(String), '')
FROM
(
    SELECT anchor, els, vals, vals[indexOf(els, {{.Number}})] AS said, sources[indexOf(els, {{.Number}})] AS source
    FROM {{from (print "resolve." .Library)}} FINAL
    WHERE live = 1 AND has(els, {{.Number}}){{range .Keys}} AND has(els, indexOf([{{list $.Names}}]::Array(String), {{text .}})){{end}}
)
WHERE source IN ([{{numbers .Hashes}}]::Array(UInt32))
ORDER BY sipHash64Keyed((toUInt64({{.Seed}}), toUInt64(0)), toString(anchor))
LIMIT {{.N}}
