-- Versions of which any row is there, finished or not.
SELECT DISTINCT ver FROM (SELECT DISTINCT ver FROM {{from "space.person"}} UNION ALL SELECT DISTINCT ver FROM {{from "space.place"}} UNION ALL SELECT DISTINCT ver FROM {{from "space.organisation"}} UNION ALL SELECT DISTINCT ver FROM {{from "space.address"}} UNION ALL SELECT DISTINCT ver FROM {{from "space.cell"}}) ORDER BY ver
