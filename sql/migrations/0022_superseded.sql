-- The claims of a library that a newer version of their record has replaced at their anchor, while everything is resolved by scan: found
-- once, asked for by each step. record is the hash of feed and key, as in ledger.record. Verify has its own rows: its cycle is 1.
{{table "resolve.superseded" "cityHash64(anchor)"}}
(
    library LowCardinality(String),
    cycle   UInt64,
    anchor  UUID,
    record  UInt64,
    ver     UInt128
)
ENGINE = {{plain}} PARTITION BY (library, cycle) ORDER BY (library, cycle)
