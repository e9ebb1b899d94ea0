-- What an authority said about a sample.
INSERT INTO {{into "quality.truth_check"}} (id, library, element, entity, feed, authority, verdict, at, stamp)
SELECT {{text .ID}}, {{text .Library}}, {{text .Element}}, toUUID(v.1), v.2, {{text .Authority}}, v.3, fromUnixTimestamp64Milli({{.At}}), {{.Stamp}}
FROM (SELECT arrayJoin([{{range $i, $v := .Verdicts}}{{if $i}}, {{end}}({{text .At}}, {{text .Feed}}, {{text .Says}}){{end}}]) AS v)
