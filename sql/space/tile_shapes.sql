-- Shapes of a tile that are large enough to be seen.
SELECT id, wkt, {{.Name}} AS label, {{.Extra}} AS extra, {{.Division}} AS of
FROM {{.Source}}
WHERE west <= {east:Float64} AND east >= {west:Float64} AND south <= {north:Float64} AND north >= {south:Float64} AND (east - west >= {least:Float64} OR north - south >= {least:Float64})
ORDER BY (east - west) * (north - south) DESC, id LIMIT {{.Most}}
