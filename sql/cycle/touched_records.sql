-- Records with a message in the windows of this cycle, with all their versions, read once. A scan of everything takes all that have
-- several versions: of one alone nothing can be gone.
INSERT INTO {{into "resolve.touched_record"}} (library, cycle, feed, key, versions)
SELECT {{text .Library}}, {{.Cycle}}, feed, key, versions
FROM
(
    SELECT feed, key, {{template "record versions" .}} AS versions
    FROM {{from "ledger.record"}}
    WHERE {{template "naming"}}{{if .All}} AND feed IN ({{list .Feeds}}){{end}} AND record IN
    (
        {{- if .All}}
        SELECT record FROM {{from "ledger.record"}} GROUP BY record HAVING count() > 1 SETTINGS optimize_aggregation_in_order = 1
        {{- else}}
        SELECT cityHash64(feed, key)
        FROM {{from "ledger.message"}}
        WHERE {{template "naming"}} AND ({{range $i, $w := .Windows}}{{if $i}} OR {{end}}(topic = {{text .Topic}} AND partition = {{.Partition}} AND revision = {{.Revision}} AND offset >= {{.From}} AND offset < {{.To}}){{end}})
        {{- end}}
    )
    GROUP BY record, feed, key
)
WHERE arrayExists(v -> notEmpty(v.2), versions)
