{{/* Refused records are findings at an anchor of their own, which no entity has. */ -}}
{{define "refused"}}library = {{text .Library}} AND entity = {{template "nobody"}}{{end}}
{{define "refused open"}}(SELECT toString(feed) AS feed, key, role, element, rule, anchor, claim, toUInt32(bitAnd(bitShiftRight(claim, 12), 4095)) AS place, toUInt64(bitShiftRight(claim, 24)) AS at
    FROM {{from "quality.state"}} FINAL WHERE {{template "refused" .}} AND open = 1){{end}}
{{define "new messages"}}({{range $i, $w := .Windows}}{{if $i}} OR {{end}}(topic = {{text .Topic}} AND partition = {{.Partition}} AND revision = {{.Revision}} AND offset >= {{.From}} AND offset < {{.To}}){{end}}){{end}}
{{define "topics of feeds"}}[{{list .Home}}]::Array(String), [{{list .HomeTopics}}]::Array(String){{end -}}
-- A record that was refused stands as a finding of the feed's first library, once a place: a message that is refused again is another. One
-- whose key nobody knows is named by its place, and what a snapshot holds has the role snapshot: there the next one tells.
INSERT INTO {{into "quality.state"}} (library, entity, anchor, feed, key, role, element, rule, claim, open, ver)
SELECT {{text .Library}}, {{template "nobody"}}, reinterpretAsUUID(sipHash128(feed, key)) AS anchor, feed, key, role, element, rule, claim, 1, {{.Run}}
FROM
(
    SELECT toString(q.feed) AS feed, if(q.record = '', concat(toString(q.partition), '@', toString(q.offset)), q.record) AS key, if(q.topic = transform(toString(q.feed), {{template "topics of feeds" .}}, ''), '', 'snapshot') AS role,
        transform(concat(toString(q.feed), ' ', toString(q.field)), [{{list .FieldNames}}]::Array(String), [{{list .FieldElements}}]::Array(String), '') AS element, toString(q.reason) AS rule,
        max(toUInt128(bitOr(bitOr(bitShiftLeft(toUInt64(q.offset), 24), bitShiftLeft(toUInt64(bitAnd(q.partition, 4095)), 12)), toUInt64(bitAnd(q.revision, 4095))))) AS claim
    FROM (SELECT feed, topic, partition, revision, offset, reason, field, record FROM {{from "quality.quarantine"}} FINAL WHERE feed IN ({{list .Home}}){{if not .All}} AND {{template "new messages" .}}{{end}}) AS q
    GROUP BY feed, key, role, element, rule
)
WHERE (anchor, feed, key, role, element, rule, claim) NOT IN (SELECT anchor, toString(feed), key, role, toString(element), toString(rule), claim FROM {{from "quality.state"}} FINAL WHERE {{template "refused" .}})
;;
-- It ends when the record is taken: by a later message, by a retry of its own, or because the source has deleted it. Where the key is
-- unknown, or that of a message of several records, a retry of the place may tell; and of a snapshot that another one came after.
INSERT INTO {{into "quality.state"}} (library, entity, anchor, feed, key, role, element, rule, claim, open, ver)
SELECT {{text .Library}}, {{template "nobody"}}, s.anchor, s.feed, s.key, s.role, s.element, s.rule, s.claim, 0, {{.Run}}
FROM {{template "refused open" .}} AS s
LEFT JOIN
(
    SELECT toString(feed) AS feed, key, toUInt32(bitAnd(bitShiftRight(ver, 12), 4095)) AS place, max(toUInt64(bitAnd(bitShiftRight(ver, 24), 1099511627775)) + 1) AS next
    FROM {{from "ledger.record"}}
    WHERE {{template "naming"}} AND record IN
    (
        SELECT cityHash64(feed, key) FROM {{template "refused open" .}}{{if not .All}}
        WHERE (feed, key) IN (SELECT toString(feed), key FROM {{from "ledger.message"}} WHERE {{template "naming"}} AND {{template "new messages" .}}){{end}}
    )
    GROUP BY feed, key, place
) AS taken ON s.feed = taken.feed AND s.key = taken.key AND s.place = taken.place
LEFT JOIN (SELECT toString(feed) AS feed, groupUniqArray(until) AS ends FROM {{from "snapshot.run"}} FINAL WHERE feed IN ({{list .Home}}) GROUP BY feed) AS runs ON s.feed = runs.feed
WHERE s.role = '' AND taken.next > s.at
    OR s.role = 'snapshot' AND arrayCount(u -> u >= s.at, runs.ends) > 1
    OR s.role = '' AND (s.feed, s.place, s.at) IN
    (
        SELECT toString(feed), toUInt32(partition), toUInt64(offset) FROM {{from "ledger.message"}} FINAL
        WHERE (topic, partition, offset) IN (SELECT transform(feed, {{template "topics of feeds" .}}, ''), place, at FROM {{template "refused open" .}} WHERE match(key, '^[0-9]+@[0-9]+$') OR feed IN ([{{list .HomeMany}}]::Array(String)))
        GROUP BY feed, partition, offset HAVING argMax(outcome, (revision, part)) NOT IN ('quarantined', 'gap')
    ){{if .All}}
    OR (s.feed, s.place, s.at, s.rule) NOT IN (SELECT toString(feed), toUInt32(bitAnd(partition, 4095)), toUInt64(offset), toString(reason) FROM {{from "quality.quarantine"}} FINAL WHERE feed IN ({{list .Home}})){{else}}
;;
-- Work orders follow where something has become of a refused record.
INSERT INTO {{into "quality.touched"}} (library, run, anchor)
SELECT DISTINCT {{text .Library}}, {{.Run}}, anchor FROM {{from "quality.state"}} FINAL WHERE {{template "refused" .}} AND ver = {{.Run}}{{end}}
