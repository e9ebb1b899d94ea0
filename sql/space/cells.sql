-- The cells whose middle lies in a shape, with how many of a theme each has and its outline. A cell of fewer than the least is told
-- apart by 0. Coarser cells than the table's are sums.
SELECT c.cell, ifNull(t.n, 0) AS n
FROM (SELECT arrayJoin(h3PolygonToCells(readWKTMultiPolygon({shape:String}), {resolution:UInt8})) AS cell) AS c
LEFT JOIN
(
    SELECT h3ToParent(cell, {resolution:UInt8}) AS parent, sum(n) AS n FROM {{from "space.cell"}}
    WHERE ver = {version:UInt64} AND theme = {theme:String}
    GROUP BY parent
) AS t ON c.cell = t.parent
ORDER BY c.cell
