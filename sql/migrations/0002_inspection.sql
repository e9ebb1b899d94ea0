-- Work list of a running inspection: what holds now. The inspection turns it into findings and states and drops its partition.
-- against is the feed whose value wins, for rules that compare two feeds.
{{table "quality.inspected" "cityHash64(anchor)"}}
(
    library  LowCardinality(String),
    run      UInt64,
    entity   UUID,
    anchor   UUID,
    feed     LowCardinality(String),
    key      String,
    role     String,
    ver      UInt128,
    element  LowCardinality(String),
    rule     LowCardinality(String),
    against  LowCardinality(String),
    received DateTime64(3, 'UTC')
)
ENGINE = {{plain}} PARTITION BY (library, run) ORDER BY anchor
