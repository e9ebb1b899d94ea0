{{define "referring"}}SELECT DISTINCT {{text .Source}} AS l, {{text .Element}} AS e, cityHash64(assumeNotNull(CAST({{ident .Element}}, 'Nullable(String)'))) AS h, anchor AS a
FROM {{from (print "resolve." .Source)}} FINAL
WHERE live = 1 AND isNotNull({{ident .Element}}){{if not .Whole}} AND anchor IN (SELECT entity FROM {{from "resolve.event"}} WHERE library = {{text .Source}} AND seq > {{.Since}} AND seq <= {{.Upto}}){{end}}{{end -}}
-- The values by which rules tie libraries and by which entities are related, of what is new or has changed.
INSERT INTO {{into "quality.reference"}} (library, element, hash, entity) SELECT l, e, h, a FROM ({{template "referring" .}})
{{if .Tied}};;
INSERT INTO {{into "quality.referred"}} (library, element, entity, hash) SELECT l, e, a, h FROM ({{template "referring" .}})
{{end}}
