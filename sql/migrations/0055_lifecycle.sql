-- Steps of a feed's life that leave a record: what was archived, how much, with which digest, by whom.
{{table "quality.lifecycle" "cityHash64(feed)"}}
(
    feed    LowCardinality(String),
    stage   LowCardinality(String),
    at      DateTime64(3, 'UTC'),
    by      String,
    records UInt64,
    digest  String,
    note    String
)
ENGINE = {{replacing ""}} ORDER BY (feed, at, stage)
