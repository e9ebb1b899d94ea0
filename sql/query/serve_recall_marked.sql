INSERT INTO {{into "access.recall_mark"}} (library, seq)
