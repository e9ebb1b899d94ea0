-- What was done under an idempotency key: a repeated call does nothing anew. id: keyed hash of client, operation and key; digest: keyed hash
-- of what was asked; subject: what it was done to. Nothing of the request itself is kept.
{{table "access.done" "cityHash64(id)"}}
(
    id      String,
    digest  String,
    subject String,
    at      DateTime64(3, 'UTC')
)
ENGINE = {{replacing ""}} ORDER BY id TTL toDateTime(at) + INTERVAL 30 DAY
;;
-- Files that departments have published through the API, by feed and content: how far each is acknowledged and where its records stand. The
-- newest row counts. content is the receipt as JSON.
{{table "ledger.receipt" "cityHash64(id)"}}
(
    id         String,
    feed       LowCardinality(String),
    department LowCardinality(String),
    client     LowCardinality(String),
    sent       UInt64,
    done       UInt8,
    content    String CODEC(ZSTD(1)),
    began      DateTime64(3, 'UTC'),
    at         DateTime64(6, 'UTC')
)
ENGINE = {{replacing "at"}} ORDER BY id
;;
-- A steward who looks at a value of a pair in clear says why: it stands in the pair's history and is no decision.
{{table "resolve.review_reveal" "cityHash64(id)"}}
(
    id      UUID,
    element LowCardinality(String),
    by      String,
    note    String,
    at      DateTime64(6, 'UTC')
)
ENGINE = {{replacing ""}} ORDER BY (id, at, by, element)
