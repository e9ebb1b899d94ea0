-- Events of applications, grants and keys that were stamped then (microseconds) or later.
SELECT id, at, toString(kind), subject, actor, client, content, mac FROM {{from "access.event"}} WHERE at >= fromUnixTimestamp64Micro({since:Int64})
