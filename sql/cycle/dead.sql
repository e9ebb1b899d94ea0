{{/* A scan of everything resolves the anchors of entities that have several by themselves (Members), of many in slices of entities. */ -}}
{{define "slice of members"}}{{if gt .Slices 1}} FINAL WHERE cityHash64(entity) % {{.Slices}} = {{.Slice}} AND{{else}} WHERE{{end}}{{end}}
{{define "scope"}}{{if and .All .Members}}anchor IN (SELECT anchor FROM {{from .MemberTable}}{{template "slice of members" .}} library = {{text .Library}}){{else if .All}}1{{else if .At}}anchor IN ({{range $i, $a := .At}}{{if $i}}, {{end}}toUUID({{text $a}}){{end}}){{else}}anchor IN (SELECT anchor FROM {{from "resolve.touched"}} WHERE library = {{text .Library}} AND cycle = {{.Cycle}}){{end}}{{end}}
{{define "alive" -}}
{{/* Only the newest version of a record counts at an anchor. Most records have one: the set holds the others. */ -}}
(anchor, cityHash64(feed, key), ver) NOT IN ({{if .Listed}}SELECT anchor, record, ver FROM {{from "resolve.superseded"}} WHERE library = {{text .Library}} AND cycle = {{.Cycle}}{{else}}{{template "superseded" .}}{{end}})
{{- end}}
