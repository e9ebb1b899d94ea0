-- What stewards did with a pair, the oldest first; of a value that was looked at in clear, which element.
SELECT kind, by, note, effect, at
FROM
(
    SELECT toString(kind) AS kind, by, note, effect, at FROM {{from "resolve.review_event"}} WHERE id = toUUID({{text .ID}})
    UNION ALL
    SELECT 'revealed', by, note, toString(element), at FROM {{from "resolve.review_reveal"}} WHERE id = toUUID({{text .ID}})
)
ORDER BY at
