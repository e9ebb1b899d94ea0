-- What came of comparing a source's own inventory of a feed with the library's.
{{table "quality.attestation" "cityHash64(feed)"}}
(
    feed    LowCardinality(String),
    at      DateTime64(3, 'UTC'),
    mapping String,
    source  UInt64,
    library UInt64,
    ranges  UInt32,
    missing UInt64,
    altered UInt64,
    surplus UInt64
)
ENGINE = {{replacing ""}} ORDER BY (feed, at)
