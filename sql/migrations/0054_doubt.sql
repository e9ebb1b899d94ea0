-- Values that somebody doubts: users of the data (rule user.doubted) and samples that an authority was asked about (truth.differs). A doubt
-- holds as long as the record says what it said (hash), unless its row with ended = 1 stands; inspections turn what holds into findings.
{{table "quality.doubt" "cityHash64(anchor)"}}
(
    library LowCardinality(String),
    id      String,
    rule    LowCardinality(String),
    entity  UUID,
    anchor  UUID,
    feed    LowCardinality(String),
    key     String,
    role    String,
    element LowCardinality(String),
    hash    UInt64,
    by      String,
    at      DateTime64(3, 'UTC'),
    ended   UInt8,
    why     LowCardinality(String),
    stamp   UInt64
)
ENGINE = {{replacing "stamp"}} ORDER BY (library, anchor, id)
SETTINGS index_granularity = 512
;;
-- Samples of values that were held against their authority: one row a value. verdict: match, differs or unknown.
{{table "quality.truth_check" "cityHash64(id)"}}
(
    id        String,
    library   LowCardinality(String),
    element   LowCardinality(String),
    entity    UUID,
    feed      LowCardinality(String),
    authority LowCardinality(String),
    verdict   LowCardinality(String),
    at        DateTime64(3, 'UTC'),
    stamp     UInt64
)
ENGINE = {{replacing ""}} ORDER BY (id, library, element, entity)
