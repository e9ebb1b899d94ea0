-- Whether the library has any link: most of the work of links is in finding that there are none.
SELECT count() FROM (SELECT 1 FROM {{from "resolve.link"}} WHERE library = {{text .Library}} LIMIT 1)
