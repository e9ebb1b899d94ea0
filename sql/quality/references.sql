{{define "referring"}}SELECT anchor, arrayJoin(arrayFilter(x -> x.2 != 0, [{{range $i, $e := .Elements}}{{if $i}}, {{end}}({{text $e}}, if(isNull({{ident $e}}), toUInt64(0), cityHash64(assumeNotNull(CAST({{ident $e}}, 'Nullable(String)'))))){{end}}])) AS x
FROM {{from (print "resolve." .Source)}} FINAL
WHERE live = 1{{if not .Whole}} AND anchor IN (SELECT entity FROM {{from "resolve.event"}} WHERE library = {{text .Source}} AND seq > {{.Since}} AND seq <= {{.Upto}}){{end}}{{end -}}
-- The values by which rules tie libraries and by which entities are related, of what is new or has changed: one scan of a library.
INSERT INTO {{into "quality.reference"}} (library, element, hash, entity) SELECT {{text .Source}}, x.1, x.2, anchor FROM ({{template "referring" .}})
{{if .Tied}};;
-- The same by entity, of those by which rules tie.
INSERT INTO {{into "quality.referred"}} (library, element, entity, hash)
{{if .Whole}}SELECT library, element, entity, hash FROM {{from "quality.reference"}} WHERE library = {{text .Source}} AND element IN ({{list .Tied}}){{else}}SELECT {{text .Source}}, x.1, anchor, x.2 FROM ({{template "referring" .}}) WHERE x.1 IN ({{list .Tied}}){{end}}
{{end}}
