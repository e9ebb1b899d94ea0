-- What has changed in a library since the last inspection: the entities of new events, and every anchor that any version of a record
-- with a new message ever named.
INSERT INTO {{into "quality.touched"}} (library, run, anchor)
SELECT DISTINCT {{text .Library}}, {{.Run}}, anchor
FROM
(
    SELECT arrayJoin([entity, other]) AS anchor FROM {{from "resolve.event"}} FINAL WHERE library = {{text .Library}} AND seq > {{.Since}} AND seq <= {{.Upto}}{{if .Windows}}
    UNION ALL
    SELECT arrayJoin(arrayMap(n -> n.2, arrayFilter(n -> bitShiftRight(n.1, 56) = {{.Number}}, arrayZip(named, anchors)))) AS anchor
    FROM {{from "ledger.record"}}
    WHERE record IN
    (
        SELECT cityHash64(feed, key) FROM {{from "ledger.message"}}
        WHERE {{template "naming"}} AND ({{range $i, $w := .Windows}}{{if $i}} OR {{end}}(topic = {{text .Topic}} AND partition = {{.Partition}} AND revision = {{.Revision}} AND offset >= {{.From}} AND offset < {{.To}}){{end}})
    ){{end}}
)
WHERE anchor != toUUID('00000000-0000-0000-0000-000000000000')
