-- The inspection has ended: the next one goes on from here.
INSERT INTO {{into "quality.run"}} (library, run, whole, seen, marks, digest, day, anchors, opened, closed, started, finished)
SELECT {{text .Library}}, {{.Run}}, {{if .All}}1{{else}}0{{end}},
    CAST(([{{range $i, $m := .Seen}}{{if $i}}, {{end}}{{text $m.Name}}{{end}}]::Array(String), [{{range $i, $m := .Seen}}{{if $i}}, {{end}}{{$m.Next}}{{end}}]::Array(UInt64)), 'Map(String, UInt64)'),
    CAST(([{{range $i, $m := .Marks}}{{if $i}}, {{end}}{{text $m.Name}}{{end}}]::Array(String), [{{range $i, $m := .Marks}}{{if $i}}, {{end}}{{$m.Next}}{{end}}]::Array(UInt64)), 'Map(String, UInt64)'),
    {{text .Digest}}, toDate32({{text .Day}}), {{.Anchors}}, {{.Opened}}, {{.Closed}}, fromUnixTimestamp64Milli({{.Started}}), fromUnixTimestamp64Milli({{.Finished}})
