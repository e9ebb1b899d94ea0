-- The figures of a published period.
SELECT toString(kind), toString(scope), toString(indicator), a, b, value
FROM {{from "quality.score"}} FINAL
WHERE period = {{text .Period}} AND edition = {{.Edition}}
ORDER BY kind, scope, indicator
