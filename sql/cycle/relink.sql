-- Anchors of entities that links joined move to the joined entity; ver is one above the forest's row of the same cycle.
INSERT INTO {{into .MemberTable}} (library, anchor, entity, ver)
WITH
    [{{range $i, $m := .Moves}}{{if $i}}, {{end}}toUUID({{text $m.From}}){{end}}] AS moved,
    [{{range $i, $m := .Moves}}{{if $i}}, {{end}}toUUID({{text $m.To}}){{end}}] AS joined
SELECT {{text .Library}}, anchor, joined[indexOf(moved, entity)], {{.Cycle}}
FROM
(
    SELECT anchor, entity FROM {{from .MemberTable}} FINAL WHERE library = {{text .Library}} AND {{template "scope" .}} AND entity IN ({{range $i, $m := .Moves}}{{if $i}}, {{end}}toUUID({{text $m.From}}){{end}})
    UNION DISTINCT
    SELECT arrayJoin([{{range $i, $m := .Moves}}{{if $i}}, {{end}}toUUID({{text $m.From}}){{end}}]) AS anchor, anchor AS entity
)
