-- Claims of one library: everything that every version of every record ever said, by anchor. See entity/claim.go.
-- Compact parts: with this many columns, most of them null, they insert and merge at half the cost of wide ones, and looking up a
-- few thousand scattered anchors costs no more.
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
SETTINGS index_granularity = 512, min_bytes_for_wide_part = 100000000000, min_parts_to_merge_at_once = 8
