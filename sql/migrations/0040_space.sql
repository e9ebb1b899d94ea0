-- Places of the base libraries as planners ask for them. Everything here is worked out from base.* and can be thrown away: it is built
-- whole as a version beside the one in use, then named in space.version. Rows of a version stand in a partition of their own.
{{database "space"}}
;;
-- Finished versions. heads: library -> number of the last event that it knows of.
{{table "space.version" "id"}}
(
    id       UInt64,
    heads    Map(String, UInt64),
    counts   Map(String, UInt64),
    started  DateTime64(3, 'UTC'),
    finished DateTime64(3, 'UTC')
)
ENGINE = {{replacing ""}} ORDER BY id
;;
-- Standard addresses by the keys that addresses are looked up with: level 95 the house, 80 the number, 50 the street, 20 the division.
{{table "space.address" "key"}}
(
    ver   UInt64,
    level UInt8,
    key   UInt64,
    lon   Float64,
    lat   Float64,
    n     UInt32
)
ENGINE = {{plain}} PARTITION BY ver ORDER BY (level, key)
;;
-- Located people: what may be counted, and nothing that names anybody. mx and my are Web Mercator scaled to 2^32 from the north-west
-- corner, the frame of tiles; h3 is the cell of resolution 8. confidence: of the location, in percent; 0: not located.
{{table "space.person" "cityHash64(entity)"}}
(
    ver        UInt64,
    entity     UUID,
    division   LowCardinality(String),
    lon        Float64,
    lat        Float64,
    mx         UInt32,
    my         UInt32,
    h3         UInt64,
    confidence UInt8,
    sex        LowCardinality(String),
    born       Date32,
    died       Date32,
    household  UInt64
)
ENGINE = {{plain}} PARTITION BY ver ORDER BY (mortonEncode(mx, my), entity) SETTINGS index_granularity = 1024
;;
{{table "space.organisation" "cityHash64(entity)"}}
(
    ver        UInt64,
    entity     UUID,
    division   LowCardinality(String),
    lon        Float64,
    lat        Float64,
    mx         UInt32,
    my         UInt32,
    h3         UInt64,
    confidence UInt8,
    industry   LowCardinality(String),
    founded    Date32,
    ended      Date32,
    employees  UInt32
)
ENGINE = {{plain}} PARTITION BY ver ORDER BY (mortonEncode(mx, my), entity) SETTINGS index_granularity = 1024
;;
-- Totals by cell of resolution 8, of people, households and organisations: which cells may be part of an answer at all.
{{table "space.cell" "cell"}}
(
    ver   UInt64,
    theme LowCardinality(String),
    cell  UInt64,
    n     UInt64
)
ENGINE = {{plain}} PARTITION BY ver ORDER BY (theme, cell)
;;
-- What planners' questions have cost, and the cells that were answered: append only.
{{table "space.spent" "cityHash64(caller)"}}
(
    caller String,
    day    Date,
    at     DateTime64(3, 'UTC'),
    theme  LowCardinality(String),
    split  LowCardinality(String),
    cost   UInt32,
    cells  Array(UInt64) CODEC(ZSTD(1))
)
ENGINE = {{plain}} ORDER BY (caller, day, at)
