INSERT INTO {{into "access.done"}} (id, digest, subject, at)
