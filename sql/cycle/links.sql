-- Live edges of the anchors in scope, with the entity that each end belongs to by identifiers alone, and how strong the identifier of
-- that entity is (1 is the strongest; 0: no claim ever said so). How strong an anchor is never changes, so that dead claims tell it
-- too: a record whose newest identifier failed its check keeps its last good anchor without a live claim there. A link that came
-- while this cycle ran, with an end that is not on its list, waits for the next.
WITH e AS
(
    SELECT l.a AS a, l.b AS b, toUInt8(l.judgement = 'same') AS same, l.weight AS weight, l.steward AS steward,
        if(ma.entity = toUUID('00000000-0000-0000-0000-000000000000'), l.a, ma.entity) AS ra,
        if(mb.entity = toUUID('00000000-0000-0000-0000-000000000000'), l.b, mb.entity) AS rb
    FROM (SELECT * FROM {{from "resolve.link"}} FINAL WHERE library = {{text .Library}} AND revoked = 0{{if not .All}} AND a IN ({{template "touched anchors" .}}) AND b IN ({{template "touched anchors" .}}){{end}}) AS l
    LEFT JOIN (SELECT anchor, entity FROM {{from .MemberTable}} FINAL WHERE library = {{text .Library}} AND {{template "scope" .}}) AS ma ON l.a = ma.anchor
    LEFT JOIN (SELECT anchor, entity FROM {{from .MemberTable}} FINAL WHERE library = {{text .Library}} AND {{template "scope" .}}) AS mb ON l.b = mb.anchor
)
SELECT e.a, e.b, e.same, e.weight, e.steward, e.ra, e.rb, sa.strength, sb.strength
FROM e
LEFT JOIN ({{template "strengths" .}}) AS sa ON e.ra = sa.anchor
LEFT JOIN ({{template "strengths" .}}) AS sb ON e.rb = sb.anchor
{{- define "strengths"}}
    SELECT anchor, min(strength) AS strength FROM {{from (print "claims." .Library)}}
    WHERE op = 'assert' AND anchor IN (SELECT arrayJoin([ra, rb]) FROM e)
    GROUP BY anchor
{{- end}}
{{- define "touched anchors"}}SELECT anchor FROM {{from "resolve.touched"}} WHERE library = {{text .Library}} AND cycle = {{.Cycle}}{{end}}
