INSERT INTO {{into "resolve.review"}} (id, library, a, b, score, reason, open, at)
