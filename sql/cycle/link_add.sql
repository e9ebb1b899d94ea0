INSERT INTO {{into "resolve.link"}} (id, library, a, b, judgement, weight, steward, by, reason, revoked, at)
