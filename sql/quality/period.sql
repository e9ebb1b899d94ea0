-- A period is published.
INSERT INTO {{into "quality.period"}} (period, edition, begins, ends, catalog, marks, stamp, digest, content, published)
SELECT {{text .Period}}, {{.Edition}}, fromUnixTimestamp64Milli({{.Begins}}), fromUnixTimestamp64Milli({{.Ends}}), {{.Revision}},
    CAST(([{{range $i, $m := .Marks}}{{if $i}}, {{end}}{{text $m.Name}}{{end}}]::Array(String), [{{range $i, $m := .Marks}}{{if $i}}, {{end}}{{$m.Next}}{{end}}]::Array(UInt64)), 'Map(String, UInt64)'),
    {{.Stamp}}, {{text .Digest}}, {{text .Content}}, fromUnixTimestamp64Milli({{.Published}})
