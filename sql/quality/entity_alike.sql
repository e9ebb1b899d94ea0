-- Base records that break one of many rules of one form: each record is joined with the rules whose keys it holds. See alike.go.
INSERT INTO {{into "quality.broken"}} {{if not .Divisions}}{{perShard}}{{end}} (library, run, rule, element, entity, anchor, other)
SELECT {{text .Library}}, {{.Run}}, rule__code, rule__element, entity__id, arrayJoin(entity__anchors), toUUID('00000000-0000-0000-0000-000000000000')
FROM
(
    SELECT anchor AS entity__id, anchors AS entity__anchors, updated{{range .Group.Named}}, {{ident .}}{{end}}{{range $i, $k := .Group.Keys}}, assumeNotNull(CAST({{template "expr" $k}}, 'Nullable(String)')) AS has__{{$i}}{{end}}
    FROM
    (
        SELECT anchor, anchors, updated{{range .Group.Named}}, {{ident .}}{{end}}
        FROM {{from .Base}} FINAL
        WHERE live = 1 AND {{template "looked at" .}}
    )
    WHERE 1{{range .Group.Keys}} AND isNotNull({{template "expr" .}}){{end}}
) AS r
INNER JOIN
(
    SELECT rule__code, rule__element{{range $i, $k := .Group.Keys}}, want__{{$i}}{{end}}{{range .Group.Params}}, {{ident .Name}}{{end}}
    FROM (SELECT 1)
    ARRAY JOIN
        [{{range $i, $r := .Group.Rules}}{{if $i}}, {{end}}{{text $r.Code}}{{end}}] AS rule__code,
        [{{range $i, $r := .Group.Rules}}{{if $i}}, {{end}}{{text $r.Element}}{{end}}] AS rule__element{{range $i, $texts := .Group.Equal}},
        [{{list $texts}}] AS want__{{$i}}{{end}}{{range .Group.Params}},
        [{{if eq .Type "number"}}{{range $i, $v := .Values}}{{if $i}}, {{end}}{{$v}}{{end}}]::Array(Float64){{else}}{{list .Values}}]{{end}} AS {{ident .Name}}{{end}}
) AS w ON {{range $i, $k := .Group.Keys}}{{if $i}} AND {{end}}r.has__{{$i}} = w.want__{{$i}}{{end}}
WHERE 1{{template "all of" .Group.Rest}}
