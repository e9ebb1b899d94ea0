{{define "run"}}library = {{text .Library}} AND run = {{.Run}}{{end}}
{{define "kept"}}library = {{text .Library}} AND {{template "inspected rule"}} AND {{template "looked at" .}}{{end}}
-- What this inspection is the first to see of a claim becomes a finding; one that was seen before keeps its time.
INSERT INTO {{into "quality.finding"}} {{perShard}} (feed, topic, partition, revision, offset, library, key, role, ver, anchor, element, rule, detail, received)
SELECT feed, transform(toString(feed), [{{list .AllFeeds}}]::Array(String), [{{list .Topics}}]::Array(String), ''), toUInt32(bitAnd(bitShiftRight(ver, 12), 4095)), toUInt32(bitAnd(ver, 4095)),
    toUInt64(bitAnd(bitShiftRight(ver, 24), 1099511627775)), library, key, role, ver, anchor, element, rule,
    multiIf(
        rule = 'cross.differs', concat('another value than that of ', against, ', which has more authority here: compare the two records at their sources and correct the one that is wrong'),
        rule = 'user.doubted', 'a user of the data doubts this value: compare it with the paper and mend it at the source, or answer that it stands',
        rule = 'truth.differs', concat('asked about it, ', against, ' says that this value is not the right one: compare the two records at their sources and mend the one that is wrong'),
        rule = 'record.duplicate', 'the feed has a newer record of the same entity beside this one: delete one of the two at the source, or correct the identifier of the one that is somebody else',
        concat(transform(toString(rule), [{{range $i, $r := .Rules}}{{if $i}}, {{end}}{{text $r.Code}}{{end}}]::Array(String), [{{range $i, $r := .Rules}}{{if $i}}, {{end}}{{text $r.Says}}{{end}}]::Array(String), ''),
            if(other = toUUID('00000000-0000-0000-0000-000000000000'), '', concat('; compare with ', transform(toString(rule), [{{range $i, $r := .Rules}}{{if $i}}, {{end}}{{text $r.Code}}{{end}}]::Array(String), [{{range $i, $r := .Rules}}{{if $i}}, {{end}}{{text $r.Other}}{{end}}]::Array(String), ''), ' ', toString(other))))),
    received
FROM {{from "quality.inspected"}}
WHERE {{template "run" .}} AND (anchor, feed, key, role, element, rule, ver) NOT IN
    (SELECT anchor, feed, key, role, element, rule, ver FROM {{from "quality.finding"}} WHERE {{template "kept" .}})
;;
-- Opened, or changed: another version of the claim, or another entity.
INSERT INTO {{into "quality.state"}} {{perShard}} (library, entity, anchor, feed, key, role, element, rule, claim, open, ver)
SELECT DISTINCT library, entity, anchor, feed, key, role, element, rule, ver, 1, run
FROM {{from "quality.inspected"}}
WHERE {{template "run" .}} AND (anchor, feed, key, role, element, rule, ver, entity) NOT IN
    (SELECT anchor, feed, key, role, element, rule, claim, entity FROM {{from "quality.state"}} FINAL WHERE {{template "kept" .}} AND open = 1)
;;
-- Closed: what was open and holds no longer.
INSERT INTO {{into "quality.state"}} {{perShard}} (library, entity, anchor, feed, key, role, element, rule, claim, open, ver)
SELECT library, entity, anchor, feed, key, role, element, rule, claim, 0, {{.Run}}
FROM {{from "quality.state"}} FINAL
WHERE {{template "kept" .}} AND open = 1 AND (anchor, feed, key, role, element, rule) NOT IN
    (SELECT anchor, feed, key, role, element, rule FROM {{from "quality.inspected"}} WHERE {{template "run" .}})
