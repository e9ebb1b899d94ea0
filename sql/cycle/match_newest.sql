-- The newest time of all rows that matching has written.
SELECT max(at) FROM
(
    SELECT at FROM {{from "resolve.link"}} WHERE library = {{text .Library}} AND steward = 0 AND by = 'match'
    UNION ALL
    SELECT at FROM {{from "resolve.review"}} WHERE library = {{text .Library}}
)
