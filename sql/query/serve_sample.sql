-- What the last good records of a feed say of one library, the newest first.
SELECT anchor, event_time, received{{range .Columns}}, toString({{ident .}}){{end}}
FROM {{from (print "claims." .Library)}}
WHERE feed = {feed:String} AND role = {role:String} AND op = 'assert'
ORDER BY received DESC, offset DESC LIMIT {limit:UInt64}
