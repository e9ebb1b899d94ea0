-- Every anchor of this library that any version of a touched record ever named.
INSERT INTO {{into "resolve.touched"}} {{perShard}} (library, cycle, round, anchor)
SELECT DISTINCT {{text .Library}}, {{.Cycle}}, 0, arrayJoin(arrayJoin(versions).2).2 AS anchor
FROM {{from "resolve.touched_record"}} WHERE library = {{text .Library}} AND cycle = {{.Cycle}}
