INSERT INTO {{into "access.recall"}} (id, library, seq, entity, kind, client, grant, purpose, case_no, log, leaf, elements, read_at, changed)
