-- By rule: what is open, what of it this run opened or changed, and what it closed.
SELECT toString(rule), countIf(open = 1), countIf(open = 1 AND ver = {{.Run}}), countIf(open = 0 AND ver = {{.Run}})
FROM {{from "quality.state"}} FINAL
WHERE {{template "kept" .}}
GROUP BY rule
ORDER BY rule
