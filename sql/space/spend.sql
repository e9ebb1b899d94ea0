-- What an answer cost. All values are the program's own: the caller is the name of a client, the theme and the split are of a list.
INSERT INTO {{into "space.spent"}} (caller, day, at, theme, split, cost, cells)
SELECT {{text .Caller}}, toDate({{text .Day}}), now64(3), {{text .Theme}}, {{text .Split}}, {{.Cost}}, [{{range $i, $c := .Cells}}{{if $i}}, {{end}}{{$c}}{{end}}]::Array(UInt64)
