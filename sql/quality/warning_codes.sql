-- Declarations of which a warning holds where an inspection looked.
SELECT DISTINCT toString(rule) AS code FROM {{from "quality.broken"}} WHERE library = {{text .Library}} AND run = {{.Run}} AND startsWith(rule, 'warning.') ORDER BY code
