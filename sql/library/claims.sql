-- Claims of one library: everything that every version of every record ever said, by anchor. See entity/claim.go.
-- Small blocks: a cycle reads a few thousand scattered anchors, and its cost is decompressing blocks, not granules.
{{table (print "claims." .Name) "cityHash64(anchor)"}}
(
    anchor       UUID,
    feed         LowCardinality(String),
    key          String,
    role         String,
    ver          UInt128,
    op           Enum8('assert' = 1, 'alias' = 2, 'gone' = 3, 'stay' = 4),
    strength     UInt8,
    also         Array(UUID),
    since        UInt128,
    event_time   DateTime64(3, 'UTC'),
    topic        LowCardinality(String),
    partition    UInt32,
    offset       UInt64,
    received     DateTime64(3, 'UTC'),
    digest       UInt64,
    tier         LowCardinality(String),
    jurisdiction LowCardinality(String){{range .Elements}},
    {{ident .Name}} {{.ClickHouse}}{{end}}
)
ENGINE = {{replacing ""}} ORDER BY (anchor, feed, key, role, ver, op, since)
SETTINGS index_granularity = 512, min_compress_block_size = 16384, max_compress_block_size = 65536
