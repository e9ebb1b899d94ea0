-- Outlines of cells, or of the cells of resolution 8 in them: latitude first, as the engine has it.
SELECT arrayMap(p -> p.1, h3ToGeoBoundary(cell)) AS lats, arrayMap(p -> p.2, h3ToGeoBoundary(cell)) AS lons
FROM (SELECT arrayJoin({{if .Children}}arrayFlatten(arrayMap(c -> h3ToChildren(c, 8), {cells:Array(UInt64)})){{else}}{cells:Array(UInt64)}{{end}}) AS cell)
