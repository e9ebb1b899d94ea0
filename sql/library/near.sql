-- Work table of the running cycle: the live claims of the anchors that it touches.
{{table (print "resolve.near_" .Name) "cityHash64(anchor)"}}
(
    cycle      UInt64,
    anchor     UUID,
    feed       LowCardinality(String),
    key        String,
    role       String,
    ver        UInt128,
    op         Enum8('assert' = 1, 'alias' = 2, 'gone' = 3, 'stay' = 4),
    strength   UInt8,
    also       Array(UUID),
    since      UInt128,
    event_time DateTime64(3, 'UTC'),
    els        Array(UInt16),
    vals       Array(String){{template "typed elements" .}}
)
ENGINE = {{plain}} PARTITION BY cycle ORDER BY anchor
SETTINGS min_bytes_for_wide_part = 100000000000
