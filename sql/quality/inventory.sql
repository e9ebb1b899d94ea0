-- Every record of a feed with the digest of its newest version's mapped values, as ingest.Inventory has it. A record whose newest
-- version says nothing of any library is none.
SELECT key, sum(said)
FROM
(
    SELECT DISTINCT key, role, xxHash64(concat(role, '\0', toString(digest))) AS said
    FROM
    ({{range $i, $l := .Libraries}}{{if $i}}
        UNION ALL{{end}}
        SELECT key, ver, role, digest FROM {{from (print "claims." $l)}} WHERE feed = {{text $.Feed}} AND op = 'assert'{{end}}
    )
    WHERE (key, ver) IN (SELECT key, max(ver) FROM {{from "ledger.record"}} WHERE feed = {{text .Feed}} AND {{template "naming" .}} GROUP BY key)
)
GROUP BY key
