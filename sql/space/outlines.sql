-- Outlines of cells: latitude first, as the engine has it.
SELECT arrayMap(p -> p.1, h3ToGeoBoundary(cell)) AS lats, arrayMap(p -> p.2, h3ToGeoBoundary(cell)) AS lons
FROM (SELECT arrayJoin({cells:Array(UInt64)}) AS cell)
