-- The identifier forest: from "belongs to" to the root that it ends in. Chains are followed by doubling: three joins reach eight
-- steps, more than there are schemes.
{{define "owned"}}SELECT anchor, owner FROM {{from .OwnedTable}} WHERE library = {{text .Library}} AND cycle = {{.Cycle}}{{end}}
INSERT INTO {{into .MemberTable}} (library, anchor, entity, ver)
WITH
    one AS ({{template "owned" .}}),
    two AS (SELECT a.anchor AS anchor, if(b.owner = toUUID('00000000-0000-0000-0000-000000000000'), a.owner, b.owner) AS owner FROM one AS a LEFT JOIN one AS b ON a.owner = b.anchor),
    four AS (SELECT a.anchor AS anchor, if(b.owner = toUUID('00000000-0000-0000-0000-000000000000'), a.owner, b.owner) AS owner FROM two AS a LEFT JOIN two AS b ON a.owner = b.anchor)
SELECT {{text .Library}}, a.anchor, if(b.owner = toUUID('00000000-0000-0000-0000-000000000000'), a.owner, b.owner), {{.Cycle}} FROM four AS a LEFT JOIN four AS b ON a.owner = b.anchor
;;
-- Roots, and anchors that have left their entity, belong to themselves.
INSERT INTO {{into .MemberTable}} (library, anchor, entity, ver)
SELECT DISTINCT {{text .Library}}, owner, owner, {{.Cycle}} FROM ({{template "owned" .}}) WHERE owner NOT IN (SELECT anchor FROM ({{template "owned" .}}))
{{- if not .All}}
UNION ALL
SELECT {{text .Library}}, anchor, anchor, {{.Cycle}}
FROM (SELECT DISTINCT anchor FROM {{from .MemberTable}} WHERE library = {{text .Library}} AND {{template "scope" .}})
WHERE anchor NOT IN (SELECT anchor FROM ({{template "owned" .}})) AND anchor NOT IN (SELECT owner FROM ({{template "owned" .}}))
{{- end}}
