INSERT INTO {{into "access.audit"}} (log, leaf, time, caller, client, role, operation, grant, case_no, purpose, library, subjects, columns, count, decision, reason, digest)
