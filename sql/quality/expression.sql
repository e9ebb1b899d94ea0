{{/* An expression of a rule (catalog.Expr) as SQL. Names and texts are quoted; a missing value makes every comparison unknown.
What is written with signs stands in parentheses, so that it binds as it was read wherever it stands. */ -}}
{{define "expr" -}}
{{- if eq .Op "element"}}{{if .As}}{{ident (print .As "__" .Name)}}{{else}}{{ident .Name}}{{end}}
{{- else if eq .Op "text"}}{{text .Text}}
{{- else if eq .Op "own"}}{{ident .Name}}
{{- else if eq .Op "date"}}toDate32({{text .Text}})
{{- else if eq .Op "number" "bool"}}{{.Text}}
{{- else if eq .Op "not"}}(NOT ({{template "expr" index .Args 0}}))
{{- else if eq .Op "and" "or"}}(({{template "expr" index .Args 0}}) {{.Op}} ({{template "expr" index .Args 1}}))
{{- else if eq .Op "in"}}{{$left := index .Args 0}}({{range $i, $item := .Args}}{{if $i}}{{if gt $i 1}} OR {{end}}{{template "expr" $left}} = {{template "expr" $item}}{{end}}{{end}})
{{- else if eq .Op "call"}}{{template "call" .}}
{{- else if and (eq .Op "+") (eq .Type "date")}}addDays({{template "expr" index .Args 0}}, {{template "expr" index .Args 1}})
{{- else if and (eq .Op "-") (eq .Type "date")}}subtractDays({{template "expr" index .Args 0}}, {{template "expr" index .Args 1}})
{{- else if and (eq .Op "-") (eq (index .Args 0).Type "date")}}dateDiff('day', {{template "expr" index .Args 1}}, {{template "expr" index .Args 0}})
{{- else}}({{template "expr" index .Args 0}} {{.Op}} {{template "expr" index .Args 1}})
{{- end}}
{{- end}}
{{define "call" -}}
{{- if eq .Name "present"}}isNotNull({{template "expr" index .Args 0}})
{{- else if eq .Name "missing"}}isNull({{template "expr" index .Args 0}})
{{- else if eq .Name "length"}}lengthUTF8({{template "expr" index .Args 0}})
{{- else if eq .Name "left"}}substringUTF8({{template "expr" index .Args 0}}, 1, {{template "expr" index .Args 1}})
{{- else if eq .Name "mid"}}substringUTF8({{template "expr" index .Args 0}}, {{template "expr" index .Args 1}}, {{template "expr" index .Args 2}})
{{- else if eq .Name "starts"}}startsWith({{template "expr" index .Args 0}}, {{template "expr" index .Args 1}})
{{- else if eq .Name "contains"}}(position({{template "expr" index .Args 0}}, {{template "expr" index .Args 1}}) > 0)
{{- else if eq .Name "matches"}}match({{template "expr" index .Args 0}}, {{template "expr" index .Args 1}})
{{- else if eq .Name "year"}}toYear({{template "expr" index .Args 0}})
{{- else if eq .Name "day"}}toDate32(toTimeZone({{template "expr" index .Args 0}}, 'Asia/Shanghai'))
{{- else if eq .Name "date"}}{{$x := index .Args 0}}toDate32OrNull(if(length({{template "expr" $x}}) = 8, concat(substring({{template "expr" $x}}, 1, 4), '-', substring({{template "expr" $x}}, 5, 2), '-', substring({{template "expr" $x}}, 7, 2)), {{template "expr" $x}}))
{{- else if eq .Name "age"}}age('year', {{template "expr" index .Args 0}}, {{template "expr" index .Args 1}})
{{- else if eq .Name "birth"}}{{$x := index .Args 0}}toDate32OrNull(if(length({{template "expr" $x}}) = 18, concat(substring({{template "expr" $x}}, 7, 4), '-', substring({{template "expr" $x}}, 11, 2), '-', substring({{template "expr" $x}}, 13, 2)), NULL))
{{- else if eq .Name "sex"}}{{$x := index .Args 0}}if(length({{template "expr" $x}}) = 18, if(toUInt8OrNull(substring({{template "expr" $x}}, 17, 1)) % 2 = 1, '1', '2'), NULL)
{{- else if eq .Name "division"}}{{$x := index .Args 0}}if(isNull({{template "expr" $x}}) OR isNull({{template "expr" index .Args 1}}), NULL, (substring(ifNull({{template "expr" $x}}, ''), 1, 6), toUInt16(least(greatest(toYear(ifNull({{template "expr" index .Args 1}}, toDate32('1981-01-01'))), 1981), 2024))) IN (SELECT code, year FROM {{from "quality.division"}}))
{{- end}}
{{- end}}
{{define "all of"}}{{range .}} AND ({{template "expr" .}}){{end}}{{end}}
