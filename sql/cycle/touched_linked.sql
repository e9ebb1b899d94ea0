-- Both ends of every link or decision that is new, taken back or changed.
INSERT INTO {{into "resolve.touched"}} (library, cycle, round, anchor)
SELECT DISTINCT {{text .Library}}, {{.Cycle}}, 0, arrayJoin([a, b]) AS anchor
FROM {{from "resolve.touched_link"}}
WHERE library = {{text .Library}} AND cycle = {{.Cycle}} AND anchor NOT IN (SELECT anchor FROM {{from "resolve.touched"}} WHERE library = {{text .Library}} AND cycle = {{.Cycle}})
