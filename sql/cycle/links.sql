-- Live edges of the anchors in scope, with the entity that each end belongs to by identifiers alone.
SELECT l.a, l.b, toUInt8(l.judgement = 'same') AS same, l.weight, l.steward,
    if(ma.entity = toUUID('00000000-0000-0000-0000-000000000000'), l.a, ma.entity) AS ra,
    if(mb.entity = toUUID('00000000-0000-0000-0000-000000000000'), l.b, mb.entity) AS rb
FROM (SELECT * FROM {{from "resolve.link"}} FINAL WHERE library = {{text .Library}} AND revoked = 0{{if not .All}} AND a IN (SELECT anchor FROM {{from "resolve.touched"}} WHERE library = {{text .Library}} AND cycle = {{.Cycle}}){{end}}) AS l
LEFT JOIN (SELECT anchor, entity FROM {{from .MemberTable}} FINAL WHERE library = {{text .Library}} AND {{template "scope" .}}) AS ma ON l.a = ma.anchor
LEFT JOIN (SELECT anchor, entity FROM {{from .MemberTable}} FINAL WHERE library = {{text .Library}} AND {{template "scope" .}}) AS mb ON l.b = mb.anchor
