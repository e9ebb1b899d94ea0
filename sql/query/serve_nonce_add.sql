INSERT INTO {{into "access.nonce"}} (id, process, at)
