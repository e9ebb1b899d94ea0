-- What happened to feeds that is not a message's fault, the newest first.
SELECT id, toString(kind), toString(feed), toString(topic), partition, from, to, detail, at
FROM {{from "quality.incident"}} FINAL
WHERE empty({feeds:Array(String)}) OR feed IN {feeds:Array(String)}
ORDER BY at DESC, id LIMIT {limit:UInt64}
