-- Which made-up records broke the rule.
SELECT DISTINCT toString(entity) FROM {{from "quality.broken"}} WHERE library = {{text .Library}} AND run = {{.Run}}
UNION DISTINCT
SELECT DISTINCT toString(anchor) FROM {{from "quality.inspected"}} WHERE library = {{text .Library}} AND run = {{.Run}}
