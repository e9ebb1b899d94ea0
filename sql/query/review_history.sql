-- What stewards did with a pair, the oldest first.
SELECT toString(kind), by, note, effect, at FROM {{from "resolve.review_event"}} WHERE id = toUUID({{text .ID}}) ORDER BY at
