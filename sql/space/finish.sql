INSERT INTO {{into "space.version"}} (id, heads, counts, started, finished)
SELECT {{.Version}}, CAST(([{{range $i, $h := .Heads}}{{if $i}}, {{end}}{{text $h.Library}}{{end}}], [{{range $i, $h := .Heads}}{{if $i}}, {{end}}{{$h.Head}}{{end}}]), 'Map(String, UInt64)'),
    CAST((['person', 'organisation', 'place', 'located'], [
        (SELECT count() FROM {{from "space.person"}} WHERE ver = {{.Version}}), (SELECT count() FROM {{from "space.organisation"}} WHERE ver = {{.Version}}),
        (SELECT count() FROM {{from "space.place"}} WHERE ver = {{.Version}}), (SELECT countIf(confidence >= {{.Least}}) FROM {{from "space.person"}} WHERE ver = {{.Version}})]), 'Map(String, UInt64)'),
    fromUnixTimestamp64Milli({{.Version}}), now64(3)
