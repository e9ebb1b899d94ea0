INSERT INTO {{into "space.topology"}} (ver, entity, rule, other, area)
SELECT {{.Version}}, d.1, d.2, d.3, d.4
FROM (SELECT arrayJoin([{{range $i, $f := .Found}}{{if $i}}, {{end}}(toUUID({{text $f.Entity}}), {{text $f.Rule}}, toUUID({{text $f.Other}}), toFloat64({{$f.Area}})){{end}}]) AS d)
