-- Databases. base.* and open.* hold views only: names there are the published contract, storage stays behind them.
{{database "meta"}}
;;
{{database "ledger"}}
;;
{{database "claims"}}
;;
{{database "resolve"}}
;;
{{database "base"}}
;;
{{database "open"}}
;;
{{database "quality"}}
;;
{{database "access"}}
;;
-- Every published revision of the catalogue, whole. mappings: feed -> revision of its mapping; digests: feed -> digest
-- of that mapping.
{{table "meta.catalog" "revision"}}
(
    revision  UInt32,
    digest    String,
    content   String CODEC(ZSTD(3)),
    mappings  Map(String, UInt32),
    digests   Map(String, String),
    published DateTime64(3, 'UTC')
)
ENGINE = {{replacing ""}} ORDER BY revision
;;
-- One row a message, or a range of offsets without one: the account of every offset. In order of arrival, so that a cycle reads
-- only what is new. Written last of a batch.
{{table "ledger.message" "cityHash64(topic, partition, offset)"}}
(
    feed      LowCardinality(String),
    topic     LowCardinality(String),
    partition UInt32,
    revision  UInt32,
    offset    UInt64,
    until     UInt64,
    outcome   Enum8('claimed' = 1, 'deleted' = 2, 'unmapped' = 3, 'quarantined' = 4, 'control' = 5, 'aborted' = 6, 'gap' = 7, 'erased' = 8),
    key       String,
    ver       UInt128,
    named     Array(UInt64),
    anchors   Array(UUID),
    received  DateTime64(3, 'UTC'),
    digest    UInt64
)
ENGINE = {{replacing ""}} ORDER BY (topic, partition, revision, offset)
;;
-- The same by record: which anchors every version of a record named. Written before ledger.message, so that an accounted offset
-- is always here too. record is a hash that only finds rows; feed and key decide.
{{table "ledger.record" "cityHash64(feed, key)"}}
(
    record    UInt64 DEFAULT cityHash64(feed, key),
    feed      LowCardinality(String),
    key       String,
    ver       UInt128,
    outcome   Enum8('claimed' = 1, 'deleted' = 2, 'unmapped' = 3, 'quarantined' = 4, 'control' = 5, 'aborted' = 6, 'gap' = 7, 'erased' = 8),
    named     Array(UInt64),
    anchors   Array(UUID)
)
ENGINE = {{replacing ""}} ORDER BY (record, feed, key, ver)
SETTINGS index_granularity = 128, min_bytes_for_wide_part = 100000000000
;;
-- Records that were legally erased: a keyed hash of the record key, which ingest checks so that a replay cannot bring them back.
{{table "ledger.erased" "cityHash64(feed, key_hash)"}}
(
    feed     LowCardinality(String),
    key_hash String,
    reason   String,
    by       String,
    erased   DateTime64(3, 'UTC')
)
ENGINE = {{replacing ""}} ORDER BY (feed, key_hash)
;;
-- Who owned a library's cycles, by epoch (the offset of its message on wuku.owner).
{{table "resolve.owner" "cityHash64(library)"}}
(
    library  LowCardinality(String),
    epoch    UInt64,
    instance String,
    taken    DateTime64(3, 'UTC')
)
ENGINE = {{replacing ""}} ORDER BY (library, epoch)
;;
-- One row a finished cycle. cycle is the owner's epoch in the upper 32 bits and a counter in the lower: a stale owner's cycles are
-- always below those of the owner after it. marks: "topic/partition/revision" -> next offset. Only finished cycles are numbered and published.
{{table "resolve.marker" "cityHash64(library)"}}
(
    library   LowCardinality(String),
    cycle     UInt64,
    catalog   UInt32,
    rule      String,
    marks     Map(String, UInt64),
    seq_from  UInt64,
    seq_to    UInt64,
    messages  UInt64,
    entities  UInt64,
    started   DateTime64(3, 'UTC'),
    finished  DateTime64(3, 'UTC')
)
ENGINE = {{replacing ""}} ORDER BY (library, cycle)
;;
-- What cycles changed, written before any base row of the cycle. An unfinished attempt's rows are numbered with the next
-- finished cycle's, so that no event is lost when an owner dies between the two.
{{table "resolve.change" "cityHash64(entity)"}}
(
    library  LowCardinality(String),
    cycle    UInt64,
    entity   UUID,
    kind     Enum8('created' = 1, 'updated' = 2, 'removed' = 3, 'merged' = 4, 'split' = 5),
    elements Array(LowCardinality(String)),
    other    UUID
)
ENGINE = {{replacing ""}} ORDER BY (library, cycle, entity, kind)
SETTINGS index_granularity = 1024
;;
-- Numbered events: dense per library, visible up to the last marker's seq_to. A later attempt at the same numbers wins.
{{table "resolve.event" "cityHash64(library, seq)"}}
(
    library  LowCardinality(String),
    seq      UInt64,
    cycle    UInt64,
    entity   UUID,
    kind     Enum8('created' = 1, 'updated' = 2, 'removed' = 3, 'merged' = 4, 'split' = 5),
    elements Array(LowCardinality(String)),
    other    UUID,
    at       DateTime64(3, 'UTC')
)
ENGINE = {{replacing "cycle"}} ORDER BY (library, seq)
SETTINGS index_granularity = 1024
;;
-- Work lists of the running cycle, dropped when it ends: each cycle has its own partitions, since an owner that was stopped and
-- goes on must not empty the lists of the one that took over.
{{table "resolve.touched_record" "cityHash64(feed, key)"}}
(
    library LowCardinality(String),
    cycle   UInt64,
    feed    LowCardinality(String),
    key     String,
    versions Array(Tuple(UInt128, Array(Tuple(UInt64, UUID))))
)
ENGINE = {{plain}} PARTITION BY (library, cycle) ORDER BY (library, cycle)
;;
{{table "resolve.touched" "cityHash64(anchor)"}}
(
    library LowCardinality(String),
    cycle   UInt64,
    round   UInt8,
    anchor  UUID
)
ENGINE = {{plain}} PARTITION BY (library, cycle) ORDER BY (library, cycle, round, anchor)
;;
{{table "resolve.owned" "cityHash64(anchor)"}}
(
    library LowCardinality(String),
    cycle   UInt64,
    anchor  UUID,
    owner   UUID
)
ENGINE = {{plain}} PARTITION BY (library, cycle) ORDER BY (library, cycle, anchor)
;;
-- The same for verify, which must not disturb a running cycle.
{{table "resolve.check_owned" "cityHash64(anchor)"}}
(
    library LowCardinality(String),
    cycle   UInt64,
    anchor  UUID,
    owner   UUID
)
ENGINE = {{plain}} PARTITION BY library ORDER BY (library, cycle, anchor)
;;
-- Entities of more than one anchor: to which entity an anchor belongs. An anchor without a row is its own entity.
{{table "resolve.member" "cityHash64(anchor)"}}
(
    library LowCardinality(String),
    anchor  UUID,
    entity  UUID,
    ver     UInt64
)
ENGINE = {{replacing "ver"}} ORDER BY (library, anchor)
SETTINGS index_granularity = 128, min_bytes_for_wide_part = 100000000000
;;
-- The same for verify, which works everything out again beside.
{{table "resolve.check_member" "cityHash64(anchor)"}}
(
    library LowCardinality(String),
    anchor  UUID,
    entity  UUID,
    ver     UInt64
)
ENGINE = {{replacing "ver"}} ORDER BY (library, anchor)
SETTINGS index_granularity = 512
;;
-- Edges by match or by steward: append only; the newest row of an id counts.
{{table "resolve.link" "cityHash64(id)"}}
(
    id        UUID,
    library   LowCardinality(String),
    a         UUID,
    b         UUID,
    judgement Enum8('same' = 1, 'not_same' = 2),
    weight    Float64,
    steward   UInt8,
    by        String,
    reason    String,
    revoked   UInt8,
    at        DateTime64(6, 'UTC')
)
ENGINE = {{replacing "at"}} ORDER BY (library, id)
;;
{{table "quality.quarantine" "cityHash64(topic, partition, offset)"}}
(
    feed            LowCardinality(String),
    topic           LowCardinality(String),
    partition       UInt32,
    revision        UInt32,
    offset          UInt64,
    reason          LowCardinality(String),
    detail          String,
    field           LowCardinality(String),
    message_key     String,
    message_value   String CODEC(ZSTD(1)),
    message_headers String,
    received        DateTime64(3, 'UTC')
)
ENGINE = {{replacing ""}} ORDER BY (topic, partition, offset, revision)
;;
-- What ingest found wrong with one element of one claim. A finding is open while its claim is the newest version of its
-- record at its anchor: see quality.state.
{{table "quality.finding" "cityHash64(anchor)"}}
(
    feed      LowCardinality(String),
    topic     LowCardinality(String),
    partition UInt32,
    revision  UInt32,
    offset    UInt64,
    library   LowCardinality(String),
    key       String,
    role      String,
    ver       UInt128,
    anchor    UUID,
    element   LowCardinality(String),
    rule      LowCardinality(String),
    detail    String,
    received  DateTime64(3, 'UTC')
)
ENGINE = {{replacing ""}} ORDER BY (library, anchor, feed, key, role, element, rule, ver)
SETTINGS index_granularity = 128, min_bytes_for_wide_part = 100000000000
;;
-- Open findings by entity, kept by the cycles: a row with open = 0 closes one.
{{table "quality.state" "cityHash64(anchor)"}}
(
    library LowCardinality(String),
    entity  UUID,
    anchor  UUID,
    feed    LowCardinality(String),
    key     String,
    role    String,
    element LowCardinality(String),
    rule    LowCardinality(String),
    claim   UInt128,
    open    UInt8,
    ver     UInt64
)
ENGINE = {{replacing "ver"}} ORDER BY (library, anchor, feed, key, role, element, rule)
SETTINGS index_granularity = 128, min_bytes_for_wide_part = 100000000000
;;
-- What happened to a feed that is not a message's fault: gaps, truncation, re-created topics, stalls, refused tables.
{{table "quality.incident" "cityHash64(id)"}}
(
    id        UUID,
    kind      LowCardinality(String),
    feed      LowCardinality(String),
    topic     LowCardinality(String),
    partition UInt32,
    from      UInt64,
    to        UInt64,
    detail    String,
    at        DateTime64(3, 'UTC')
)
ENGINE = {{replacing ""}} ORDER BY (topic, partition, kind, from, id)
