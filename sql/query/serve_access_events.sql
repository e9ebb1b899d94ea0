-- All events of applications, grants and keys.
SELECT id, at, toString(kind), subject, actor, client, content, mac FROM {{from "access.event"}}
