-- Periods of the appraisal that were published: where they were cut, so that any figure can be worked out again exactly. marks: stream to
-- next offset; stamp: the last event of work orders that counts.
{{table "quality.period" "cityHash64(period)"}}
(
    period    String,
    edition   UInt32,
    begins    DateTime64(3, 'UTC'),
    ends      DateTime64(3, 'UTC'),
    catalog   UInt32,
    marks     Map(String, UInt64),
    stamp     UInt64,
    digest    String,
    content   String CODEC(ZSTD(3)),
    published DateTime64(3, 'UTC')
)
ENGINE = {{replacing ""}} ORDER BY (period, edition)
;;
-- The figures of published periods: a and b are counts, value their share in millionths, or -1 where there is nothing to count.
{{table "quality.score" "cityHash64(period)"}}
(
    period    String,
    edition   UInt32,
    kind      LowCardinality(String),
    scope     LowCardinality(String),
    indicator LowCardinality(String),
    version   UInt16,
    a         UInt64,
    b         UInt64,
    value     Int64
)
ENGINE = {{replacing ""}} ORDER BY (period, edition, kind, scope, indicator)
