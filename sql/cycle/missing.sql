-- How many gone rows the ledger calls for that the claims lack: none, unless a cycle forgot them.
SELECT count() FROM
(
    {{template "gone rows" .}}
)
WHERE (anchor, feed, key, ver) NOT IN (SELECT anchor, feed, key, ver FROM {{from (print "claims." .Library)}} WHERE op = 'gone')
