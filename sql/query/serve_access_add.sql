INSERT INTO {{into "access.event"}} (id, at, kind, subject, actor, client, content, mac)
