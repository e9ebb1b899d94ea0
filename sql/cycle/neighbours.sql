-- Anchors that an edge of any version, live or dead, or any link, revoked or not, ties to those of the last round. A superset of
-- the components before and after this cycle, which is all that is needed: resolving an anchor once more changes nothing.
INSERT INTO {{into "resolve.touched"}} (library, cycle, round, anchor)
WITH last AS (SELECT anchor FROM {{from "resolve.touched"}} WHERE library = {{text .Library}} AND cycle = {{.Cycle}} AND round = {{.Round}})
SELECT DISTINCT {{text .Library}}, {{.Cycle}}, {{.Round}} + 1, n
FROM
(
    SELECT arrayJoin(also) AS n FROM {{from (print "claims." .Library)}} WHERE notEmpty(also) AND anchor IN (SELECT anchor FROM last)
    UNION ALL
    SELECT b AS n FROM {{from "resolve.link"}} WHERE library = {{text .Library}} AND a IN (SELECT anchor FROM last)
    UNION ALL
    SELECT a AS n FROM {{from "resolve.link"}} WHERE library = {{text .Library}} AND b IN (SELECT anchor FROM last)
)
WHERE n NOT IN (SELECT anchor FROM {{from "resolve.touched"}} WHERE library = {{text .Library}} AND cycle = {{.Cycle}})
