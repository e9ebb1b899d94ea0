-- Anchors of entities that links joined move to the joined entity; ver is one above the forest's row of the same cycle.
INSERT INTO {{into .MemberTable}} (library, anchor, entity, ver)
SELECT {{text .Library}}, anchor, transform(entity, [{{range $i, $m := .Moves}}{{if $i}}, {{end}}toUUID({{text $m.From}}){{end}}], [{{range $i, $m := .Moves}}{{if $i}}, {{end}}toUUID({{text $m.To}}){{end}}], entity), {{.Cycle}}
FROM
(
    SELECT anchor, entity FROM {{from .MemberTable}} FINAL WHERE library = {{text .Library}} AND {{template "scope" .}} AND entity IN ({{range $i, $m := .Moves}}{{if $i}}, {{end}}toUUID({{text $m.From}}){{end}})
    UNION DISTINCT
    SELECT arrayJoin([{{range $i, $m := .Moves}}{{if $i}}, {{end}}toUUID({{text $m.From}}){{end}}]) AS anchor, anchor AS entity
)
