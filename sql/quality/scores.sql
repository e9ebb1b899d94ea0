-- Figures of a period.
INSERT INTO {{into "quality.score"}} (period, edition, kind, scope, indicator, version, a, b, value)
SELECT {{text .Period}}, {{.Edition}}, f.1, f.2, f.3, {{.Version}}, f.4, f.5, f.6
FROM (SELECT arrayJoin([{{range $i, $f := .Figures}}{{if $i}}, {{end}}({{text .Kind}}, {{text .Scope}}, {{text .Indicator}}, toUInt64({{.A}}), toUInt64({{.B}}), toInt64({{.Value}})){{end}}]) AS f)
