-- What matching learned, by library: the newest row is in force; active = 0 means that nothing is matched any more. See match.Model.
{{table "resolve.model" "cityHash64(library)"}}
(
    library LowCardinality(String),
    id      UUID,
    active  UInt8,
    model   String CODEC(ZSTD(3)),
    catalog UInt32,
    by      String,
    at      DateTime64(6, 'UTC')
)
ENGINE = {{replacing ""}} ORDER BY (library, at, id)
;;
-- Pairs of anchors that a person should look at: likely, but not sure enough to link. Kept by the library's owner; the newest row of
-- an id counts, open = 0 withdraws it. reason is the explanation as JSON, without values.
{{table "resolve.review" "cityHash64(id)"}}
(
    id      UUID,
    library LowCardinality(String),
    a       UUID,
    b       UUID,
    score   Float64,
    reason  String CODEC(ZSTD(1)),
    open    UInt8,
    at      DateTime64(6, 'UTC')
)
ENGINE = {{replacing "at"}} ORDER BY (library, id)
;;
-- What stewards did with pairs, append only: who, when, and what they saw it would change. The links that follow are in resolve.link.
{{table "resolve.review_event" "cityHash64(id)"}}
(
    id      UUID,
    library LowCardinality(String),
    a       UUID,
    b       UUID,
    kind    Enum8('claimed' = 1, 'released' = 2, 'same' = 3, 'not_same' = 4, 'unsure' = 5, 'revoked' = 6),
    by      String,
    note    String,
    effect  String,
    at      DateTime64(6, 'UTC')
)
ENGINE = {{replacing ""}} ORDER BY (library, id, at)
;;
-- Work list of the running cycle: rows of resolve.link that no finished cycle has seen.
{{table "resolve.touched_link" "cityHash64(id)"}}
(
    library LowCardinality(String),
    cycle   UInt64,
    id      UUID,
    a       UUID,
    b       UUID,
    at      DateTime64(6, 'UTC')
)
ENGINE = {{plain}} PARTITION BY (library, cycle) ORDER BY (library, cycle, id)
;;
-- Rows of resolve.link that a finished cycle has seen.
{{table "resolve.link_applied" "cityHash64(id)"}}
(
    library LowCardinality(String),
    id      UUID,
    at      DateTime64(6, 'UTC'),
    cycle   UInt64
)
ENGINE = {{replacing "cycle"}} ORDER BY (library, id, at)
