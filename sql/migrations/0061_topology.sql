-- What of the shapes of places does not fit, worked out with each version of the places: parcels that overlap, shapes outside their county.
{{table "space.topology" "cityHash64(entity)"}}
(
    ver    UInt64,
    entity UUID,
    rule   LowCardinality(String),
    other  UUID,
    area   Float64
)
ENGINE = {{plain}} PARTITION BY ver ORDER BY (rule, entity, other)
