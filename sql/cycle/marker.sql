-- The end of a cycle: what was read, and the numbers of its events. Everything before it may be done again; nothing after.
INSERT INTO {{into "resolve.marker"}} (library, cycle, catalog, rule, marks, seq_from, seq_to, messages, entities, started, finished)
SELECT {{text .Library}}, {{.Cycle}}, {{.Catalog}}, {{text .RuleDigest}},
    CAST(([{{range $i, $m := .Marks}}{{if $i}}, {{end}}{{text $m.Name}}{{end}}], [{{range $i, $m := .Marks}}{{if $i}}, {{end}}{{$m.Next}}{{end}}]), 'Map(String, UInt64)'),
    {{.Seq}}, {{.SeqTo}}, {{.Messages}}, {{.Entities}}, fromUnixTimestamp64Milli({{.Started}}), fromUnixTimestamp64Milli({{.Finished}})
