-- How far a collection reaches, the newest change in it, and whether a shape of it has several parts.
SELECT count(), min(west), min(south), max(east), max(north), min(changed), max(changed), countIf(length(geom) > 1) > 0 FROM {{.Source}}
