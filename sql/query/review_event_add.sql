INSERT INTO {{into "resolve.review_event"}} (id, library, a, b, kind, by, note, effect, at)
