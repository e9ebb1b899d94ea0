-- Per feed of some topics, of what lies before the cut, also in the topic of retries: live records, messages, those that were ever refused,
-- the newest. A message that was refused counts as refused also when a retry has taken it since, so that a figure of the past stays
-- what it was.
{{define "cut"}}({{range $i, $w := .Windows}}{{if $i}} OR {{end}}(topic = {{text .Topic}} AND partition = {{.Partition}} AND revision = {{.Revision}} AND offset < {{.To}}){{end}}){{end -}}
SELECT toString(feed), countIf(live), sum(n), sum(refused), max(newest)
FROM
(
    SELECT feed, key, argMaxIf(outcome, ver, NOT bad AND {{template "naming"}}) = 'claimed' AS live, countIf(NOT bad) AS n, countIf(bad) AS refused, max(received) AS newest
    FROM
    (
        SELECT feed, key, outcome, ver, received, (topic, partition, offset, part) IN (SELECT topic, partition, offset, part FROM {{from "quality.quarantine"}} WHERE topic IN ({{range $i, $w := .Windows}}{{if $i}}, {{end}}{{text .Topic}}{{end}})) AS bad
        FROM {{from "ledger.message"}} FINAL
        WHERE outcome NOT IN ('control', 'aborted', 'gap') AND {{template "cut" .}}
            AND feed IN (SELECT feed FROM {{from "ledger.message"}} WHERE topic IN ({{list .Topics}})) -- retries are of all feeds
    )
    GROUP BY feed, key
)
GROUP BY feed
ORDER BY feed
