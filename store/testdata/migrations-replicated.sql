CREATE DATABASE IF NOT EXISTS meta ON CLUSTER `wuku`;

-- Which migrations ran, with the checksum of the text that they had.
CREATE TABLE IF NOT EXISTS meta.migration_local ON CLUSTER `wuku` /* sharded by number */
(
    number   UInt32,
    name     String,
    checksum String,
    applied  DateTime64(3, 'UTC') DEFAULT now64(3)
)
ENGINE = ReplicatedReplacingMergeTree('/clickhouse/tables/{shard}/{database}/{table}', '{replica}') ORDER BY number;

CREATE TABLE IF NOT EXISTS meta.migration ON CLUSTER `wuku` AS meta.migration_local ENGINE = Distributed(`wuku`, meta, migration_local, number);

-- Databases. base.* and open.* hold views only: names there are the published contract, storage stays behind them.
CREATE DATABASE IF NOT EXISTS meta ON CLUSTER `wuku`;

CREATE DATABASE IF NOT EXISTS ledger ON CLUSTER `wuku`;

CREATE DATABASE IF NOT EXISTS claims ON CLUSTER `wuku`;

CREATE DATABASE IF NOT EXISTS resolve ON CLUSTER `wuku`;

CREATE DATABASE IF NOT EXISTS base ON CLUSTER `wuku`;

CREATE DATABASE IF NOT EXISTS open ON CLUSTER `wuku`;

CREATE DATABASE IF NOT EXISTS quality ON CLUSTER `wuku`;

CREATE DATABASE IF NOT EXISTS access ON CLUSTER `wuku`;

-- Every published revision of the catalogue, whole. mappings: feed -> revision of its mapping; digests: feed -> digest
-- of that mapping.
CREATE TABLE IF NOT EXISTS meta.catalog_local ON CLUSTER `wuku` /* sharded by revision */
(
    revision  UInt32,
    digest    String,
    content   String CODEC(ZSTD(3)),
    mappings  Map(String, UInt32),
    digests   Map(String, String),
    published DateTime64(3, 'UTC')
)
ENGINE = ReplicatedReplacingMergeTree('/clickhouse/tables/{shard}/{database}/{table}', '{replica}') ORDER BY revision;

CREATE TABLE IF NOT EXISTS meta.catalog ON CLUSTER `wuku` AS meta.catalog_local ENGINE = Distributed(`wuku`, meta, catalog_local, revision);

-- One row a message, or a range of offsets without one: the account of every offset. In order of arrival, so that a cycle reads
-- only what is new. Written last of a batch.
CREATE TABLE IF NOT EXISTS ledger.message_local ON CLUSTER `wuku` /* sharded by cityHash64(topic, partition, offset) */
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
ENGINE = ReplicatedReplacingMergeTree('/clickhouse/tables/{shard}/{database}/{table}', '{replica}') ORDER BY (topic, partition, revision, offset);

CREATE TABLE IF NOT EXISTS ledger.message ON CLUSTER `wuku` AS ledger.message_local ENGINE = Distributed(`wuku`, ledger, message_local, cityHash64(topic, partition, offset));

-- The same by record: which anchors every version of a record named. Written before ledger.message, so that an accounted offset
-- is always here too. record is a hash that only finds rows; feed and key decide.
CREATE TABLE IF NOT EXISTS ledger.record_local ON CLUSTER `wuku` /* sharded by cityHash64(feed, key) */
(
    record    UInt64 DEFAULT cityHash64(feed, key),
    feed      LowCardinality(String),
    key       String,
    ver       UInt128,
    outcome   Enum8('claimed' = 1, 'deleted' = 2, 'unmapped' = 3, 'quarantined' = 4, 'control' = 5, 'aborted' = 6, 'gap' = 7, 'erased' = 8),
    named     Array(UInt64),
    anchors   Array(UUID)
)
ENGINE = ReplicatedReplacingMergeTree('/clickhouse/tables/{shard}/{database}/{table}', '{replica}') ORDER BY (record, feed, key, ver)
SETTINGS index_granularity = 128, min_bytes_for_wide_part = 100000000000;

CREATE TABLE IF NOT EXISTS ledger.record ON CLUSTER `wuku` AS ledger.record_local ENGINE = Distributed(`wuku`, ledger, record_local, cityHash64(feed, key));

-- Records that were legally erased: a keyed hash of the record key, which ingest checks so that a replay cannot bring them back.
CREATE TABLE IF NOT EXISTS ledger.erased_local ON CLUSTER `wuku` /* sharded by cityHash64(feed, key_hash) */
(
    feed     LowCardinality(String),
    key_hash String,
    reason   String,
    by       String,
    erased   DateTime64(3, 'UTC')
)
ENGINE = ReplicatedReplacingMergeTree('/clickhouse/tables/{shard}/{database}/{table}', '{replica}') ORDER BY (feed, key_hash);

CREATE TABLE IF NOT EXISTS ledger.erased ON CLUSTER `wuku` AS ledger.erased_local ENGINE = Distributed(`wuku`, ledger, erased_local, cityHash64(feed, key_hash));

-- Who owned a library's cycles, by epoch (the offset of its message on wuku.owner).
CREATE TABLE IF NOT EXISTS resolve.owner_local ON CLUSTER `wuku` /* sharded by cityHash64(library) */
(
    library  LowCardinality(String),
    epoch    UInt64,
    instance String,
    taken    DateTime64(3, 'UTC')
)
ENGINE = ReplicatedReplacingMergeTree('/clickhouse/tables/{shard}/{database}/{table}', '{replica}') ORDER BY (library, epoch);

CREATE TABLE IF NOT EXISTS resolve.owner ON CLUSTER `wuku` AS resolve.owner_local ENGINE = Distributed(`wuku`, resolve, owner_local, cityHash64(library));

-- One row a finished cycle. cycle is the owner's epoch in the upper 32 bits and a counter in the lower: a stale owner's cycles are
-- always below those of the owner after it. marks: "topic/partition/revision" -> next offset. Only finished cycles are numbered and published.
CREATE TABLE IF NOT EXISTS resolve.marker_local ON CLUSTER `wuku` /* sharded by cityHash64(library) */
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
ENGINE = ReplicatedReplacingMergeTree('/clickhouse/tables/{shard}/{database}/{table}', '{replica}') ORDER BY (library, cycle);

CREATE TABLE IF NOT EXISTS resolve.marker ON CLUSTER `wuku` AS resolve.marker_local ENGINE = Distributed(`wuku`, resolve, marker_local, cityHash64(library));

-- What cycles changed, written before any base row of the cycle. An unfinished attempt's rows are numbered with the next
-- finished cycle's, so that no event is lost when an owner dies between the two.
CREATE TABLE IF NOT EXISTS resolve.change_local ON CLUSTER `wuku` /* sharded by cityHash64(entity) */
(
    library  LowCardinality(String),
    cycle    UInt64,
    entity   UUID,
    kind     Enum8('created' = 1, 'updated' = 2, 'removed' = 3, 'merged' = 4, 'split' = 5),
    elements Array(LowCardinality(String)),
    other    UUID
)
ENGINE = ReplicatedReplacingMergeTree('/clickhouse/tables/{shard}/{database}/{table}', '{replica}') ORDER BY (library, cycle, entity, kind)
SETTINGS index_granularity = 1024;

CREATE TABLE IF NOT EXISTS resolve.change ON CLUSTER `wuku` AS resolve.change_local ENGINE = Distributed(`wuku`, resolve, change_local, cityHash64(entity));

-- Numbered events: dense per library, visible up to the last marker's seq_to. A later attempt at the same numbers wins.
CREATE TABLE IF NOT EXISTS resolve.event_local ON CLUSTER `wuku` /* sharded by cityHash64(library, seq) */
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
ENGINE = ReplicatedReplacingMergeTree('/clickhouse/tables/{shard}/{database}/{table}', '{replica}', cycle) ORDER BY (library, seq)
SETTINGS index_granularity = 1024;

CREATE TABLE IF NOT EXISTS resolve.event ON CLUSTER `wuku` AS resolve.event_local ENGINE = Distributed(`wuku`, resolve, event_local, cityHash64(library, seq));

-- Work lists of the running cycle, dropped when it ends: each cycle has its own partitions, since an owner that was stopped and
-- goes on must not empty the lists of the one that took over.
CREATE TABLE IF NOT EXISTS resolve.touched_record_local ON CLUSTER `wuku` /* sharded by cityHash64(feed, key) */
(
    library LowCardinality(String),
    cycle   UInt64,
    feed    LowCardinality(String),
    key     String,
    versions Array(Tuple(UInt128, Array(Tuple(UInt64, UUID))))
)
ENGINE = ReplicatedMergeTree('/clickhouse/tables/{shard}/{database}/{table}', '{replica}') PARTITION BY (library, cycle) ORDER BY (library, cycle);

CREATE TABLE IF NOT EXISTS resolve.touched_record ON CLUSTER `wuku` AS resolve.touched_record_local ENGINE = Distributed(`wuku`, resolve, touched_record_local, cityHash64(feed, key));

CREATE TABLE IF NOT EXISTS resolve.touched_local ON CLUSTER `wuku` /* sharded by cityHash64(anchor) */
(
    library LowCardinality(String),
    cycle   UInt64,
    round   UInt8,
    anchor  UUID
)
ENGINE = ReplicatedMergeTree('/clickhouse/tables/{shard}/{database}/{table}', '{replica}') PARTITION BY (library, cycle) ORDER BY (library, cycle, round, anchor);

CREATE TABLE IF NOT EXISTS resolve.touched ON CLUSTER `wuku` AS resolve.touched_local ENGINE = Distributed(`wuku`, resolve, touched_local, cityHash64(anchor));

CREATE TABLE IF NOT EXISTS resolve.owned_local ON CLUSTER `wuku` /* sharded by cityHash64(anchor) */
(
    library LowCardinality(String),
    cycle   UInt64,
    anchor  UUID,
    owner   UUID
)
ENGINE = ReplicatedMergeTree('/clickhouse/tables/{shard}/{database}/{table}', '{replica}') PARTITION BY (library, cycle) ORDER BY (library, cycle, anchor);

CREATE TABLE IF NOT EXISTS resolve.owned ON CLUSTER `wuku` AS resolve.owned_local ENGINE = Distributed(`wuku`, resolve, owned_local, cityHash64(anchor));

-- The same for verify, which must not disturb a running cycle.
CREATE TABLE IF NOT EXISTS resolve.check_owned_local ON CLUSTER `wuku` /* sharded by cityHash64(anchor) */
(
    library LowCardinality(String),
    cycle   UInt64,
    anchor  UUID,
    owner   UUID
)
ENGINE = ReplicatedMergeTree('/clickhouse/tables/{shard}/{database}/{table}', '{replica}') PARTITION BY library ORDER BY (library, cycle, anchor);

CREATE TABLE IF NOT EXISTS resolve.check_owned ON CLUSTER `wuku` AS resolve.check_owned_local ENGINE = Distributed(`wuku`, resolve, check_owned_local, cityHash64(anchor));

-- Entities of more than one anchor: to which entity an anchor belongs. An anchor without a row is its own entity.
CREATE TABLE IF NOT EXISTS resolve.member_local ON CLUSTER `wuku` /* sharded by cityHash64(anchor) */
(
    library LowCardinality(String),
    anchor  UUID,
    entity  UUID,
    ver     UInt64
)
ENGINE = ReplicatedReplacingMergeTree('/clickhouse/tables/{shard}/{database}/{table}', '{replica}', ver) ORDER BY (library, anchor)
SETTINGS index_granularity = 128, min_bytes_for_wide_part = 100000000000;

CREATE TABLE IF NOT EXISTS resolve.member ON CLUSTER `wuku` AS resolve.member_local ENGINE = Distributed(`wuku`, resolve, member_local, cityHash64(anchor));

-- The same for verify, which works everything out again beside.
CREATE TABLE IF NOT EXISTS resolve.check_member_local ON CLUSTER `wuku` /* sharded by cityHash64(anchor) */
(
    library LowCardinality(String),
    anchor  UUID,
    entity  UUID,
    ver     UInt64
)
ENGINE = ReplicatedReplacingMergeTree('/clickhouse/tables/{shard}/{database}/{table}', '{replica}', ver) ORDER BY (library, anchor)
SETTINGS index_granularity = 512;

CREATE TABLE IF NOT EXISTS resolve.check_member ON CLUSTER `wuku` AS resolve.check_member_local ENGINE = Distributed(`wuku`, resolve, check_member_local, cityHash64(anchor));

-- Edges by match or by steward: append only; the newest row of an id counts.
CREATE TABLE IF NOT EXISTS resolve.link_local ON CLUSTER `wuku` /* sharded by cityHash64(id) */
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
ENGINE = ReplicatedReplacingMergeTree('/clickhouse/tables/{shard}/{database}/{table}', '{replica}', at) ORDER BY (library, id);

CREATE TABLE IF NOT EXISTS resolve.link ON CLUSTER `wuku` AS resolve.link_local ENGINE = Distributed(`wuku`, resolve, link_local, cityHash64(id));

CREATE TABLE IF NOT EXISTS quality.quarantine_local ON CLUSTER `wuku` /* sharded by cityHash64(topic, partition, offset) */
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
ENGINE = ReplicatedReplacingMergeTree('/clickhouse/tables/{shard}/{database}/{table}', '{replica}') ORDER BY (topic, partition, offset, revision);

CREATE TABLE IF NOT EXISTS quality.quarantine ON CLUSTER `wuku` AS quality.quarantine_local ENGINE = Distributed(`wuku`, quality, quarantine_local, cityHash64(topic, partition, offset));

-- What ingest found wrong with one element of one claim. A finding is open while its claim is the newest version of its
-- record at its anchor: see quality.state.
CREATE TABLE IF NOT EXISTS quality.finding_local ON CLUSTER `wuku` /* sharded by cityHash64(anchor) */
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
ENGINE = ReplicatedReplacingMergeTree('/clickhouse/tables/{shard}/{database}/{table}', '{replica}') ORDER BY (library, anchor, feed, key, role, element, rule, ver)
SETTINGS index_granularity = 128, min_bytes_for_wide_part = 100000000000;

CREATE TABLE IF NOT EXISTS quality.finding ON CLUSTER `wuku` AS quality.finding_local ENGINE = Distributed(`wuku`, quality, finding_local, cityHash64(anchor));

-- Open findings by entity, kept by the cycles: a row with open = 0 closes one.
CREATE TABLE IF NOT EXISTS quality.state_local ON CLUSTER `wuku` /* sharded by cityHash64(anchor) */
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
ENGINE = ReplicatedReplacingMergeTree('/clickhouse/tables/{shard}/{database}/{table}', '{replica}', ver) ORDER BY (library, anchor, feed, key, role, element, rule)
SETTINGS index_granularity = 128, min_bytes_for_wide_part = 100000000000;

CREATE TABLE IF NOT EXISTS quality.state ON CLUSTER `wuku` AS quality.state_local ENGINE = Distributed(`wuku`, quality, state_local, cityHash64(anchor));

-- What happened to a feed that is not a message's fault: gaps, truncation, re-created topics, stalls, refused tables.
CREATE TABLE IF NOT EXISTS quality.incident_local ON CLUSTER `wuku` /* sharded by cityHash64(id) */
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
ENGINE = ReplicatedReplacingMergeTree('/clickhouse/tables/{shard}/{database}/{table}', '{replica}') ORDER BY (topic, partition, kind, from, id);

CREATE TABLE IF NOT EXISTS quality.incident ON CLUSTER `wuku` AS quality.incident_local ENGINE = Distributed(`wuku`, quality, incident_local, cityHash64(id));

-- Work list of a running inspection: what holds now. The inspection turns it into findings and states and drops its partition.
-- against is the feed whose value wins, for rules that compare two feeds.
CREATE TABLE IF NOT EXISTS quality.inspected_local ON CLUSTER `wuku` /* sharded by cityHash64(anchor) */
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
ENGINE = ReplicatedMergeTree('/clickhouse/tables/{shard}/{database}/{table}', '{replica}') PARTITION BY (library, run) ORDER BY anchor;

CREATE TABLE IF NOT EXISTS quality.inspected ON CLUSTER `wuku` AS quality.inspected_local ENGINE = Distributed(`wuku`, quality, inspected_local, cityHash64(anchor));

-- A message may hold several records (a JSON array, lines of CSV, the rows of one Canal message): part numbers them from 0. A message of
-- one record, or one that is refused whole, has part 0. So an offset is accounted for by its row of part 0.
ALTER TABLE ledger.message_local ON CLUSTER `wuku` ADD COLUMN IF NOT EXISTS part UInt32, MODIFY ORDER BY (topic, partition, revision, offset, part);

ALTER TABLE quality.quarantine_local ON CLUSTER `wuku` ADD COLUMN IF NOT EXISTS part UInt32, MODIFY ORDER BY (topic, partition, offset, revision, part);

ALTER TABLE ledger.message ON CLUSTER `wuku` ADD COLUMN IF NOT EXISTS part UInt32;

ALTER TABLE quality.quarantine ON CLUSTER `wuku` ADD COLUMN IF NOT EXISTS part UInt32;

-- Which fields a feed's messages have, by type: what the contract does not have, what has come to be of another type, what stays away.
-- The earliest sighting counts.
CREATE TABLE IF NOT EXISTS quality.field_local ON CLUSTER `wuku` /* sharded by cityHash64(feed) */
(
    feed      LowCardinality(String),
    field     String,
    type      LowCardinality(String),
    mapped    UInt8,
    topic     LowCardinality(String),
    partition UInt32,
    offset    UInt64,
    received  DateTime64(3, 'UTC'),
    rank      UInt64
)
ENGINE = ReplicatedReplacingMergeTree('/clickhouse/tables/{shard}/{database}/{table}', '{replica}', rank) ORDER BY (feed, field, type);

CREATE TABLE IF NOT EXISTS quality.field ON CLUSTER `wuku` AS quality.field_local ENGINE = Distributed(`wuku`, quality, field_local, cityHash64(feed));

CREATE DATABASE IF NOT EXISTS snapshot ON CLUSTER `wuku`;

-- Messages of feeds of snapshots until their snapshot is compared and taken; then they go. kind: 1 begin mark, 2 end mark, 3 record,
-- 4 refused record. count: 1 more than a mark declares; 0: it declares none.
CREATE TABLE IF NOT EXISTS snapshot.staged_local ON CLUSTER `wuku` /* sharded by cityHash64(feed) */
(
    feed   LowCardinality(String),
    offset UInt64,
    kind   UInt8,
    key    String,
    run    String,
    count  UInt64,
    digest UInt64,
    value  String CODEC(ZSTD(1))
)
ENGINE = ReplicatedReplacingMergeTree('/clickhouse/tables/{shard}/{database}/{table}', '{replica}') PARTITION BY feed ORDER BY offset;

CREATE TABLE IF NOT EXISTS snapshot.staged ON CLUSTER `wuku` AS snapshot.staged_local ENGINE = Distributed(`wuku`, snapshot, staged_local, cityHash64(feed));

-- What the last snapshot that was taken said of each record, as a digest: only what differs from it goes on. run is the offset of the
-- snapshot's begin mark; live = 0: the record is gone.
CREATE TABLE IF NOT EXISTS snapshot.record_local ON CLUSTER `wuku` /* sharded by cityHash64(feed) */
(
    feed   LowCardinality(String),
    key    String,
    digest UInt64,
    live   UInt8,
    run    UInt64
)
ENGINE = ReplicatedReplacingMergeTree('/clickhouse/tables/{shard}/{database}/{table}', '{replica}', run) ORDER BY (feed, key);

CREATE TABLE IF NOT EXISTS snapshot.record ON CLUSTER `wuku` AS snapshot.record_local ENGINE = Distributed(`wuku`, snapshot, record_local, cityHash64(feed));

-- Every snapshot with what became of it: why is empty for one that was taken. at is the time that its changes were published with, which
-- only grows.
CREATE TABLE IF NOT EXISTS snapshot.run_local ON CLUSTER `wuku` /* sharded by cityHash64(feed) */
(
    feed      LowCardinality(String),
    run       UInt64,
    until     UInt64,
    name      String,
    declared  Int64,
    records   UInt64,
    refused   UInt64,
    changed   UInt64,
    deleted   UInt64,
    why       String,
    at        DateTime64(3, 'UTC')
)
ENGINE = ReplicatedReplacingMergeTree('/clickhouse/tables/{shard}/{database}/{table}', '{replica}') ORDER BY (feed, run);

CREATE TABLE IF NOT EXISTS snapshot.run ON CLUSTER `wuku` AS snapshot.run_local ENGINE = Distributed(`wuku`, snapshot, run_local, cityHash64(feed));

-- How far departments were told of what was refused of theirs, on their topics of refusals.
CREATE TABLE IF NOT EXISTS quality.told_local ON CLUSTER `wuku` /* sharded by cityHash64(topic) */
(
    topic     LowCardinality(String),
    partition UInt32,
    revision  UInt32,
    next      UInt64
)
ENGINE = ReplicatedReplacingMergeTree('/clickhouse/tables/{shard}/{database}/{table}', '{replica}', next) ORDER BY (topic, partition, revision);

CREATE TABLE IF NOT EXISTS quality.told ON CLUSTER `wuku` AS quality.told_local ENGINE = Distributed(`wuku`, quality, told_local, cityHash64(topic));

-- Messages of feeds of snapshots until their snapshot is compared and taken; then they go. kind: 1 begin mark, 2 end mark, 3 record,
-- 4 refused record, 9 a record of the erasure list: that it stood there. count: 1 more than a mark declares; 0: it declares none.
-- snapshot.staged, which had them before, was ordered by the offset alone: messages of two feeds at one offset hid each other. It stays
-- empty.
CREATE TABLE IF NOT EXISTS snapshot.message_local ON CLUSTER `wuku` /* sharded by cityHash64(feed) */
(
    feed   LowCardinality(String),
    offset UInt64,
    kind   UInt8,
    key    String,
    run    String,
    count  UInt64,
    digest UInt64,
    value  String CODEC(ZSTD(1))
)
ENGINE = ReplicatedReplacingMergeTree('/clickhouse/tables/{shard}/{database}/{table}', '{replica}') PARTITION BY feed ORDER BY (feed, offset);

CREATE TABLE IF NOT EXISTS snapshot.message ON CLUSTER `wuku` AS snapshot.message_local ENGINE = Distributed(`wuku`, snapshot, message_local, cityHash64(feed));

INSERT INTO snapshot.message (feed, offset, kind, key, run, count, digest, value)
SELECT feed, offset, kind, key, run, count, digest, value FROM snapshot.staged;

TRUNCATE TABLE snapshot.staged_local ON CLUSTER `wuku`;

-- When a process that may own libraries was last heard of. Processes that stand by look here before they take a library over.
CREATE TABLE IF NOT EXISTS resolve.beat_local ON CLUSTER `wuku` /* sharded by cityHash64(instance) */
(
    instance String,
    seen     DateTime64(3, 'UTC'),
    ended    UInt8
)
ENGINE = ReplicatedReplacingMergeTree('/clickhouse/tables/{shard}/{database}/{table}', '{replica}', seen) ORDER BY instance TTL toDateTime(seen) + INTERVAL 1 DAY;

CREATE TABLE IF NOT EXISTS resolve.beat ON CLUSTER `wuku` AS resolve.beat_local ENGINE = Distributed(`wuku`, resolve, beat_local, cityHash64(instance));

-- What was done under an idempotency key: a repeated call does nothing anew. id: keyed hash of client, operation and key; digest: keyed hash
-- of what was asked; subject: what it was done to. Nothing of the request itself is kept.
CREATE TABLE IF NOT EXISTS access.done_local ON CLUSTER `wuku` /* sharded by cityHash64(id) */
(
    id      String,
    digest  String,
    subject String,
    at      DateTime64(3, 'UTC')
)
ENGINE = ReplicatedReplacingMergeTree('/clickhouse/tables/{shard}/{database}/{table}', '{replica}') ORDER BY id TTL toDateTime(at) + INTERVAL 30 DAY;

CREATE TABLE IF NOT EXISTS access.done ON CLUSTER `wuku` AS access.done_local ENGINE = Distributed(`wuku`, access, done_local, cityHash64(id));

-- Files that departments have published through the API, by feed and content: how far each is acknowledged and where its records stand. The
-- newest row counts. content is the receipt as JSON.
CREATE TABLE IF NOT EXISTS ledger.receipt_local ON CLUSTER `wuku` /* sharded by cityHash64(id) */
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
ENGINE = ReplicatedReplacingMergeTree('/clickhouse/tables/{shard}/{database}/{table}', '{replica}', at) ORDER BY id;

CREATE TABLE IF NOT EXISTS ledger.receipt ON CLUSTER `wuku` AS ledger.receipt_local ENGINE = Distributed(`wuku`, ledger, receipt_local, cityHash64(id));

-- A steward who looks at a value of a pair in clear says why: it stands in the pair's history and is no decision.
CREATE TABLE IF NOT EXISTS resolve.review_reveal_local ON CLUSTER `wuku` /* sharded by cityHash64(id) */
(
    id      UUID,
    element LowCardinality(String),
    by      String,
    note    String,
    at      DateTime64(6, 'UTC')
)
ENGINE = ReplicatedReplacingMergeTree('/clickhouse/tables/{shard}/{database}/{table}', '{replica}') ORDER BY (id, at, by, element);

CREATE TABLE IF NOT EXISTS resolve.review_reveal ON CLUSTER `wuku` AS resolve.review_reveal_local ENGINE = Distributed(`wuku`, resolve, review_reveal_local, cityHash64(id));

-- Catalogues that were proposed, whole, by the id of the proposal; the votes are for the digest and stand in access.event.
CREATE TABLE IF NOT EXISTS meta.proposal_local ON CLUSTER `wuku` /* sharded by cityHash64(id) */
(
    id      String,
    digest  String,
    content String CODEC(ZSTD(3)),
    at      DateTime64(3, 'UTC')
)
ENGINE = ReplicatedReplacingMergeTree('/clickhouse/tables/{shard}/{database}/{table}', '{replica}') ORDER BY id;

CREATE TABLE IF NOT EXISTS meta.proposal ON CLUSTER `wuku` AS meta.proposal_local ENGINE = Distributed(`wuku`, meta, proposal_local, cityHash64(id));

-- By which proposal a revision was published; empty for one that came from the files of the operator.
ALTER TABLE meta.catalog_local ON CLUSTER `wuku` ADD COLUMN IF NOT EXISTS proposal String;

ALTER TABLE meta.catalog ON CLUSTER `wuku` ADD COLUMN IF NOT EXISTS proposal String;

-- What matching learned, by library: the newest row is in force; active = 0 means that nothing is matched any more. See match.Model.
CREATE TABLE IF NOT EXISTS resolve.model_local ON CLUSTER `wuku` /* sharded by cityHash64(library) */
(
    library LowCardinality(String),
    id      UUID,
    active  UInt8,
    model   String CODEC(ZSTD(3)),
    catalog UInt32,
    by      String,
    at      DateTime64(6, 'UTC')
)
ENGINE = ReplicatedReplacingMergeTree('/clickhouse/tables/{shard}/{database}/{table}', '{replica}') ORDER BY (library, at, id);

CREATE TABLE IF NOT EXISTS resolve.model ON CLUSTER `wuku` AS resolve.model_local ENGINE = Distributed(`wuku`, resolve, model_local, cityHash64(library));

-- Pairs of anchors that a person should look at: likely, but not sure enough to link. Kept by the library's owner; the newest row of
-- an id counts, open = 0 withdraws it. reason is the explanation as JSON, without values.
CREATE TABLE IF NOT EXISTS resolve.review_local ON CLUSTER `wuku` /* sharded by cityHash64(id) */
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
ENGINE = ReplicatedReplacingMergeTree('/clickhouse/tables/{shard}/{database}/{table}', '{replica}', at) ORDER BY (library, id);

CREATE TABLE IF NOT EXISTS resolve.review ON CLUSTER `wuku` AS resolve.review_local ENGINE = Distributed(`wuku`, resolve, review_local, cityHash64(id));

-- What stewards did with pairs, append only: who, when, and what they saw it would change. The links that follow are in resolve.link.
CREATE TABLE IF NOT EXISTS resolve.review_event_local ON CLUSTER `wuku` /* sharded by cityHash64(id) */
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
ENGINE = ReplicatedReplacingMergeTree('/clickhouse/tables/{shard}/{database}/{table}', '{replica}') ORDER BY (library, id, at);

CREATE TABLE IF NOT EXISTS resolve.review_event ON CLUSTER `wuku` AS resolve.review_event_local ENGINE = Distributed(`wuku`, resolve, review_event_local, cityHash64(id));

-- Work list of the running cycle: rows of resolve.link that no finished cycle has seen.
CREATE TABLE IF NOT EXISTS resolve.touched_link_local ON CLUSTER `wuku` /* sharded by cityHash64(id) */
(
    library LowCardinality(String),
    cycle   UInt64,
    id      UUID,
    a       UUID,
    b       UUID,
    at      DateTime64(6, 'UTC')
)
ENGINE = ReplicatedMergeTree('/clickhouse/tables/{shard}/{database}/{table}', '{replica}') PARTITION BY (library, cycle) ORDER BY (library, cycle, id);

CREATE TABLE IF NOT EXISTS resolve.touched_link ON CLUSTER `wuku` AS resolve.touched_link_local ENGINE = Distributed(`wuku`, resolve, touched_link_local, cityHash64(id));

-- Rows of resolve.link that a finished cycle has seen.
CREATE TABLE IF NOT EXISTS resolve.link_applied_local ON CLUSTER `wuku` /* sharded by cityHash64(id) */
(
    library LowCardinality(String),
    id      UUID,
    at      DateTime64(6, 'UTC'),
    cycle   UInt64
)
ENGINE = ReplicatedReplacingMergeTree('/clickhouse/tables/{shard}/{database}/{table}', '{replica}', cycle) ORDER BY (library, id, at);

CREATE TABLE IF NOT EXISTS resolve.link_applied ON CLUSTER `wuku` AS resolve.link_applied_local ENGINE = Distributed(`wuku`, resolve, link_applied_local, cityHash64(id));

-- Messages of snapshots may hold several records and marks (a JSON array, lines of CSV): part numbers them from 0, as elsewhere.
ALTER TABLE snapshot.message_local ON CLUSTER `wuku` ADD COLUMN IF NOT EXISTS part UInt32, MODIFY ORDER BY (feed, offset, part);

ALTER TABLE snapshot.run_local ON CLUSTER `wuku` ADD COLUMN IF NOT EXISTS part UInt32, ADD COLUMN IF NOT EXISTS until_part UInt32, MODIFY ORDER BY (feed, run, part);

ALTER TABLE snapshot.message ON CLUSTER `wuku` ADD COLUMN IF NOT EXISTS part UInt32;

ALTER TABLE snapshot.run ON CLUSTER `wuku` ADD COLUMN IF NOT EXISTS part UInt32, ADD COLUMN IF NOT EXISTS until_part UInt32;

-- The claims of a library that a newer version of their record has replaced at their anchor, while everything is resolved by scan: found
-- once, asked for by each step. record is the hash of feed and key, as in ledger.record. Verify has its own rows: its cycle is 1.
CREATE TABLE IF NOT EXISTS resolve.superseded_local ON CLUSTER `wuku` /* sharded by cityHash64(anchor) */
(
    library LowCardinality(String),
    cycle   UInt64,
    anchor  UUID,
    record  UInt64,
    ver     UInt128
)
ENGINE = ReplicatedMergeTree('/clickhouse/tables/{shard}/{database}/{table}', '{replica}') PARTITION BY (library, cycle) ORDER BY (library, cycle);

CREATE TABLE IF NOT EXISTS resolve.superseded ON CLUSTER `wuku` AS resolve.superseded_local ENGINE = Distributed(`wuku`, resolve, superseded_local, cityHash64(anchor));

-- Who may do what, as events that are only ever added: applications, assessments, votes, revocations, keys (hashed), locks, feedback,
-- acknowledged recalls. mac is over all other columns but received, under a key that the engine does not have: a row that was written
-- past the program counts for nothing.
CREATE TABLE IF NOT EXISTS access.event_local ON CLUSTER `wuku` /* sharded by cityHash64('access') */
(
    id       String,
    at       DateTime64(6, 'UTC'),
    kind     LowCardinality(String),
    subject  String,
    actor    String,
    client   String,
    content  String,
    mac      String,
    received DateTime64(6, 'UTC') DEFAULT now64(6)
)
ENGINE = ReplicatedReplacingMergeTree('/clickhouse/tables/{shard}/{database}/{table}', '{replica}') ORDER BY (kind, subject, id);

CREATE TABLE IF NOT EXISTS access.event ON CLUSTER `wuku` AS access.event_local ENGINE = Distributed(`wuku`, access, event_local, cityHash64('access'));

-- The audit log's copy for queries: one row a leaf. log tells the logs of several serve processes apart. The log itself is the record.
CREATE TABLE IF NOT EXISTS access.audit_local ON CLUSTER `wuku` /* sharded by cityHash64(log, leaf) */
(
    log       LowCardinality(String),
    leaf      UInt64,
    time      DateTime64(3, 'UTC'),
    caller    LowCardinality(String),
    client    LowCardinality(String),
    role      LowCardinality(String),
    operation LowCardinality(String),
    grant     LowCardinality(String),
    case_no   String,
    purpose   LowCardinality(String),
    library   LowCardinality(String),
    subjects  Array(String),
    columns   Array(LowCardinality(String)),
    count     UInt32,
    decision  LowCardinality(String),
    reason    LowCardinality(String),
    digest    String,
    INDEX subjects_bloom subjects TYPE bloom_filter(0.001) GRANULARITY 1
)
ENGINE = ReplicatedReplacingMergeTree('/clickhouse/tables/{shard}/{database}/{table}', '{replica}') PARTITION BY toYYYYMM(time) ORDER BY (log, leaf);

CREATE TABLE IF NOT EXISTS access.audit ON CLUSTER `wuku` AS access.audit_local ENGINE = Distributed(`wuku`, access, audit_local, cityHash64(log, leaf));

-- Who received a value that was corrected afterwards: found by the recall scan, told until it is acknowledged.
CREATE TABLE IF NOT EXISTS access.recall_local ON CLUSTER `wuku` /* sharded by cityHash64(id) */
(
    id       String,
    library  LowCardinality(String),
    seq      UInt64,
    entity   UUID,
    kind     LowCardinality(String),
    client   LowCardinality(String),
    grant    LowCardinality(String),
    purpose  LowCardinality(String),
    case_no  String,
    log      LowCardinality(String),
    leaf     UInt64,
    elements Array(LowCardinality(String)),
    read_at  DateTime64(3, 'UTC'),
    changed  DateTime64(3, 'UTC')
)
ENGINE = ReplicatedReplacingMergeTree('/clickhouse/tables/{shard}/{database}/{table}', '{replica}') ORDER BY (client, id);

CREATE TABLE IF NOT EXISTS access.recall ON CLUSTER `wuku` AS access.recall_local ENGINE = Distributed(`wuku`, access, recall_local, cityHash64(id));

-- How far the recall scan has come in a library's events.
CREATE TABLE IF NOT EXISTS access.recall_mark_local ON CLUSTER `wuku` /* sharded by cityHash64(library) */
(
    library LowCardinality(String),
    seq     UInt64
)
ENGINE = ReplicatedReplacingMergeTree('/clickhouse/tables/{shard}/{database}/{table}', '{replica}', seq) ORDER BY library;

CREATE TABLE IF NOT EXISTS access.recall_mark ON CLUSTER `wuku` AS access.recall_mark_local ENGINE = Distributed(`wuku`, access, recall_mark_local, cityHash64(library));

-- Applications with their state. Votes that break the rule (the applicant's own, a second one of the same client) are refused when
-- they are cast and ignored here.
CREATE OR REPLACE VIEW access.application ON CLUSTER `wuku` AS
SELECT
    subject AS id,
    argMinIf(JSONExtractString(content, 'client'), at, kind = 'application.filed') AS client,
    argMinIf(JSONExtractString(content, 'title'), at, kind = 'application.filed') AS title,
    argMinIf(JSONExtractString(content, 'terms', 'library'), at, kind = 'application.filed') AS library,
    minIf(at, kind = 'application.filed') AS filed,
    argMinIf(JSONExtractString(content, 'level'), at, kind = 'application.assessed') AS risk,
    uniqExactIf(e.client, kind = 'application.approved') AS approvals,
    countIf(kind = 'application.rejected') > 0 AS rejected,
    countIf(kind = 'application.withdrawn') > 0 AS withdrawn,
    countIf(kind = 'grant.revoked') > 0 AS revoked
FROM access.event AS e FINAL
WHERE startsWith(kind, 'application.') OR kind = 'grant.revoked'
GROUP BY subject;

-- Grants: applications that two have approved. The whole of a grant is in its application's content.
CREATE OR REPLACE VIEW access.grant ON CLUSTER `wuku` AS
SELECT id, client, title, library, filed, risk, revoked
FROM access.application
WHERE approvals >= 2 AND NOT rejected AND NOT withdrawn;

-- Places of the base libraries as planners ask for them. Everything here is worked out from base.* and can be thrown away: it is built
-- whole as a version beside the one in use, then named in space.version. Rows of a version stand in a partition of their own.
CREATE DATABASE IF NOT EXISTS space ON CLUSTER `wuku`;

-- Finished versions. heads: library -> number of the last event that it knows of.
CREATE TABLE IF NOT EXISTS space.version_local ON CLUSTER `wuku` /* sharded by id */
(
    id       UInt64,
    heads    Map(String, UInt64),
    counts   Map(String, UInt64),
    started  DateTime64(3, 'UTC'),
    finished DateTime64(3, 'UTC')
)
ENGINE = ReplicatedReplacingMergeTree('/clickhouse/tables/{shard}/{database}/{table}', '{replica}') ORDER BY id;

CREATE TABLE IF NOT EXISTS space.version ON CLUSTER `wuku` AS space.version_local ENGINE = Distributed(`wuku`, space, version_local, id);

-- Standard addresses by the keys that addresses are looked up with: level 95 the house, 80 the number, 50 the street, 20 the division.
CREATE TABLE IF NOT EXISTS space.address_local ON CLUSTER `wuku` /* sharded by key */
(
    ver   UInt64,
    level UInt8,
    key   UInt64,
    lon   Float64,
    lat   Float64,
    n     UInt32
)
ENGINE = ReplicatedMergeTree('/clickhouse/tables/{shard}/{database}/{table}', '{replica}') PARTITION BY ver ORDER BY (level, key);

CREATE TABLE IF NOT EXISTS space.address ON CLUSTER `wuku` AS space.address_local ENGINE = Distributed(`wuku`, space, address_local, key);

-- Located people: what may be counted, and nothing that names anybody. mx and my are Web Mercator scaled to 2^32 from the north-west
-- corner, the frame of tiles; h3 is the cell of resolution 8. confidence: of the location, in percent; 0: not located.
CREATE TABLE IF NOT EXISTS space.person_local ON CLUSTER `wuku` /* sharded by cityHash64(entity) */
(
    ver        UInt64,
    entity     UUID,
    division   LowCardinality(String),
    lon        Float64,
    lat        Float64,
    mx         UInt32,
    my         UInt32,
    h3         UInt64,
    confidence UInt8,
    sex        LowCardinality(String),
    born       Date32,
    died       Date32,
    household  UInt64
)
ENGINE = ReplicatedMergeTree('/clickhouse/tables/{shard}/{database}/{table}', '{replica}') PARTITION BY ver ORDER BY (mortonEncode(mx, my), entity) SETTINGS index_granularity = 1024;

CREATE TABLE IF NOT EXISTS space.person ON CLUSTER `wuku` AS space.person_local ENGINE = Distributed(`wuku`, space, person_local, cityHash64(entity));

CREATE TABLE IF NOT EXISTS space.organisation_local ON CLUSTER `wuku` /* sharded by cityHash64(entity) */
(
    ver        UInt64,
    entity     UUID,
    division   LowCardinality(String),
    lon        Float64,
    lat        Float64,
    mx         UInt32,
    my         UInt32,
    h3         UInt64,
    confidence UInt8,
    industry   LowCardinality(String),
    founded    Date32,
    ended      Date32,
    employees  UInt32
)
ENGINE = ReplicatedMergeTree('/clickhouse/tables/{shard}/{database}/{table}', '{replica}') PARTITION BY ver ORDER BY (mortonEncode(mx, my), entity) SETTINGS index_granularity = 1024;

CREATE TABLE IF NOT EXISTS space.organisation ON CLUSTER `wuku` AS space.organisation_local ENGINE = Distributed(`wuku`, space, organisation_local, cityHash64(entity));

-- Totals by cell of resolution 8, of people, households and organisations: which cells may be part of an answer at all.
CREATE TABLE IF NOT EXISTS space.cell_local ON CLUSTER `wuku` /* sharded by cell */
(
    ver   UInt64,
    theme LowCardinality(String),
    cell  UInt64,
    n     UInt64
)
ENGINE = ReplicatedMergeTree('/clickhouse/tables/{shard}/{database}/{table}', '{replica}') PARTITION BY ver ORDER BY (theme, cell);

CREATE TABLE IF NOT EXISTS space.cell ON CLUSTER `wuku` AS space.cell_local ENGINE = Distributed(`wuku`, space, cell_local, cell);

-- What planners' questions have cost, and the cells that were answered: append only.
CREATE TABLE IF NOT EXISTS space.spent_local ON CLUSTER `wuku` /* sharded by cityHash64(caller) */
(
    caller String,
    day    Date,
    at     DateTime64(3, 'UTC'),
    theme  LowCardinality(String),
    split  LowCardinality(String),
    cost   UInt32,
    cells  Array(UInt64) CODEC(ZSTD(1))
)
ENGINE = ReplicatedMergeTree('/clickhouse/tables/{shard}/{database}/{table}', '{replica}') ORDER BY (caller, day, at);

CREATE TABLE IF NOT EXISTS space.spent ON CLUSTER `wuku` AS space.spent_local ENGINE = Distributed(`wuku`, space, spent_local, cityHash64(caller));

-- Nonces of signed calls, as hashes with the id of the key: a call that any process has noted is good in no other. process: who noted it.
CREATE TABLE IF NOT EXISTS access.nonce_local ON CLUSTER `wuku` /* sharded by cityHash64(id) */
(
    id      UUID,
    process UUID,
    at      DateTime64(3, 'UTC')
)
ENGINE = ReplicatedReplacingMergeTree('/clickhouse/tables/{shard}/{database}/{table}', '{replica}') ORDER BY (id, process) TTL toDateTime(at) + INTERVAL 1 HOUR;

CREATE TABLE IF NOT EXISTS access.nonce ON CLUSTER `wuku` AS access.nonce_local ENGINE = Distributed(`wuku`, access, nonce_local, cityHash64(id));

-- An inspection's work list also names the other entity, for rules that look at two libraries.
ALTER TABLE quality.inspected_local ON CLUSTER `wuku` ADD COLUMN IF NOT EXISTS other UUID;

ALTER TABLE quality.inspected ON CLUSTER `wuku` ADD COLUMN IF NOT EXISTS other UUID;

-- One row a finished inspection of a library: what it had seen, so that the next one looks only at what has changed since. seen:
-- library -> number of its last event; marks: as in resolve.marker; digest: of the rules it went by; day: for rules that look at it.
CREATE TABLE IF NOT EXISTS quality.run_local ON CLUSTER `wuku` /* sharded by cityHash64(library) */
(
    library  LowCardinality(String),
    run      UInt64,
    whole    UInt8,
    seen     Map(String, UInt64),
    marks    Map(String, UInt64),
    digest   String,
    day      Date32,
    anchors  UInt64,
    opened   UInt64,
    closed   UInt64,
    started  DateTime64(3, 'UTC'),
    finished DateTime64(3, 'UTC')
)
ENGINE = ReplicatedReplacingMergeTree('/clickhouse/tables/{shard}/{database}/{table}', '{replica}') ORDER BY (library, run);

CREATE TABLE IF NOT EXISTS quality.run ON CLUSTER `wuku` AS quality.run_local ENGINE = Distributed(`wuku`, quality, run_local, cityHash64(library));

-- Work list of a running inspection of what has changed: the anchors to look at.
CREATE TABLE IF NOT EXISTS quality.touched_local ON CLUSTER `wuku` /* sharded by cityHash64(anchor) */
(
    library LowCardinality(String),
    run     UInt64,
    anchor  UUID
)
ENGINE = ReplicatedMergeTree('/clickhouse/tables/{shard}/{database}/{table}', '{replica}') PARTITION BY (library, run) ORDER BY (library, run, anchor);

CREATE TABLE IF NOT EXISTS quality.touched ON CLUSTER `wuku` AS quality.touched_local ENGINE = Distributed(`wuku`, quality, touched_local, cityHash64(anchor));

-- Work list of a running inspection: base records that break a rule, by each of their anchors, before it is known whose record the
-- value came from.
CREATE TABLE IF NOT EXISTS quality.broken_local ON CLUSTER `wuku` /* sharded by cityHash64(anchor) */
(
    library LowCardinality(String),
    run     UInt64,
    rule    LowCardinality(String),
    element LowCardinality(String),
    entity  UUID,
    anchor  UUID,
    other   UUID
)
ENGINE = ReplicatedMergeTree('/clickhouse/tables/{shard}/{database}/{table}', '{replica}') PARTITION BY (library, run) ORDER BY (library, run, element, anchor);

CREATE TABLE IF NOT EXISTS quality.broken ON CLUSTER `wuku` AS quality.broken_local ENGINE = Distributed(`wuku`, quality, broken_local, cityHash64(anchor));

-- Which entities hold, or held, a value by which rules tie two libraries: by the value's hash, and by entity. A row that no longer
-- holds only makes an entity be looked at once more.
CREATE TABLE IF NOT EXISTS quality.reference_local ON CLUSTER `wuku` /* sharded by hash */
(
    library LowCardinality(String),
    element LowCardinality(String),
    hash    UInt64,
    entity  UUID
)
ENGINE = ReplicatedReplacingMergeTree('/clickhouse/tables/{shard}/{database}/{table}', '{replica}') ORDER BY (library, element, hash, entity)
SETTINGS index_granularity = 512;

CREATE TABLE IF NOT EXISTS quality.reference ON CLUSTER `wuku` AS quality.reference_local ENGINE = Distributed(`wuku`, quality, reference_local, hash);

CREATE TABLE IF NOT EXISTS quality.referred_local ON CLUSTER `wuku` /* sharded by cityHash64(entity) */
(
    library LowCardinality(String),
    element LowCardinality(String),
    entity  UUID,
    hash    UInt64
)
ENGINE = ReplicatedReplacingMergeTree('/clickhouse/tables/{shard}/{database}/{table}', '{replica}') ORDER BY (library, element, entity, hash)
SETTINGS index_granularity = 512;

CREATE TABLE IF NOT EXISTS quality.referred ON CLUSTER `wuku` AS quality.referred_local ENGINE = Distributed(`wuku`, quality, referred_local, cityHash64(entity));

-- The years, 1981 to 2024, in which each division code was in use.
CREATE TABLE IF NOT EXISTS quality.division_local ON CLUSTER `wuku` /* sharded by cityHash64(code) */
(
    code String,
    year UInt16
)
ENGINE = ReplicatedReplacingMergeTree('/clickhouse/tables/{shard}/{database}/{table}', '{replica}') ORDER BY (code, year);

CREATE TABLE IF NOT EXISTS quality.division ON CLUSTER `wuku` AS quality.division_local ENGINE = Distributed(`wuku`, quality, division_local, cityHash64(code));

-- Work orders (整改工单): one row an event, with the order as it is after it; the newest event counts. An order is one finding's (rule,
-- record, element), however often it comes back. Only added to.
CREATE TABLE IF NOT EXISTS quality.order_event_local ON CLUSTER `wuku` /* sharded by cityHash64(id) */
(
    id         UUID,
    n          UInt32,
    action     LowCardinality(String),
    by         String,
    note       String,
    at         DateTime64(3, 'UTC'),
    stamp      UInt64,
    library    LowCardinality(String),
    feed       LowCardinality(String),
    key        String,
    role       String,
    element    LowCardinality(String),
    rule       LowCardinality(String),
    entity     UUID,
    anchor     UUID,
    claim      UInt128,
    severity   LowCardinality(String),
    state      LowCardinality(String),
    stage      LowCardinality(String),
    round      UInt32,
    department LowCardinality(String),
    authority  LowCardinality(String),
    level      UInt8,
    due        DateTime64(3, 'UTC'),
    opened     DateTime64(3, 'UTC'),
    closed     DateTime64(3, 'UTC'),
    outcome    LowCardinality(String)
)
ENGINE = ReplicatedReplacingMergeTree('/clickhouse/tables/{shard}/{database}/{table}', '{replica}') ORDER BY (id, n)
SETTINGS index_granularity = 512;

CREATE TABLE IF NOT EXISTS quality.order_event ON CLUSTER `wuku` AS quality.order_event_local ENGINE = Distributed(`wuku`, quality, order_event_local, cityHash64(id));

CREATE VIEW IF NOT EXISTS quality.work_order ON CLUSTER `wuku` AS SELECT * FROM quality.order_event FINAL ORDER BY n DESC LIMIT 1 BY id;

-- Events of work orders that stand on the topic of their department.
CREATE TABLE IF NOT EXISTS quality.order_told_local ON CLUSTER `wuku` /* sharded by cityHash64(id) */
(
    id    UUID,
    n     UInt32,
    stamp UInt64
)
ENGINE = ReplicatedReplacingMergeTree('/clickhouse/tables/{shard}/{database}/{table}', '{replica}') ORDER BY (stamp, id, n);

CREATE TABLE IF NOT EXISTS quality.order_told ON CLUSTER `wuku` AS quality.order_told_local ENGINE = Distributed(`wuku`, quality, order_told_local, cityHash64(id));

-- Periods of the appraisal that were published: where they were cut, so that any figure can be worked out again exactly. marks: stream to
-- next offset; stamp: the last event of work orders that counts.
CREATE TABLE IF NOT EXISTS quality.period_local ON CLUSTER `wuku` /* sharded by cityHash64(period) */
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
ENGINE = ReplicatedReplacingMergeTree('/clickhouse/tables/{shard}/{database}/{table}', '{replica}') ORDER BY (period, edition);

CREATE TABLE IF NOT EXISTS quality.period ON CLUSTER `wuku` AS quality.period_local ENGINE = Distributed(`wuku`, quality, period_local, cityHash64(period));

-- The figures of published periods: a and b are counts, value their share in millionths, or -1 where there is nothing to count.
CREATE TABLE IF NOT EXISTS quality.score_local ON CLUSTER `wuku` /* sharded by cityHash64(period) */
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
ENGINE = ReplicatedReplacingMergeTree('/clickhouse/tables/{shard}/{database}/{table}', '{replica}') ORDER BY (period, edition, kind, scope, indicator);

CREATE TABLE IF NOT EXISTS quality.score ON CLUSTER `wuku` AS quality.score_local ENGINE = Distributed(`wuku`, quality, score_local, cityHash64(period));

-- What came of comparing a source's own inventory of a feed with the library's.
CREATE TABLE IF NOT EXISTS quality.attestation_local ON CLUSTER `wuku` /* sharded by cityHash64(feed) */
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
ENGINE = ReplicatedReplacingMergeTree('/clickhouse/tables/{shard}/{database}/{table}', '{replica}') ORDER BY (feed, at);

CREATE TABLE IF NOT EXISTS quality.attestation ON CLUSTER `wuku` AS quality.attestation_local ENGINE = Distributed(`wuku`, quality, attestation_local, cityHash64(feed));

-- Values that somebody doubts: users of the data (rule user.doubted) and samples that an authority was asked about (truth.differs). A doubt
-- holds as long as the record says what it said (hash), unless its row with ended = 1 stands; inspections turn what holds into findings.
CREATE TABLE IF NOT EXISTS quality.doubt_local ON CLUSTER `wuku` /* sharded by cityHash64(anchor) */
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
ENGINE = ReplicatedReplacingMergeTree('/clickhouse/tables/{shard}/{database}/{table}', '{replica}', stamp) ORDER BY (library, anchor, id)
SETTINGS index_granularity = 512;

CREATE TABLE IF NOT EXISTS quality.doubt ON CLUSTER `wuku` AS quality.doubt_local ENGINE = Distributed(`wuku`, quality, doubt_local, cityHash64(anchor));

-- Samples of values that were held against their authority: one row a value. verdict: match, differs or unknown.
CREATE TABLE IF NOT EXISTS quality.truth_check_local ON CLUSTER `wuku` /* sharded by cityHash64(id) */
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
ENGINE = ReplicatedReplacingMergeTree('/clickhouse/tables/{shard}/{database}/{table}', '{replica}') ORDER BY (id, library, element, entity);

CREATE TABLE IF NOT EXISTS quality.truth_check ON CLUSTER `wuku` AS quality.truth_check_local ENGINE = Distributed(`wuku`, quality, truth_check_local, cityHash64(id));

-- Steps of a feed's life that leave a record: what was archived, how much, with which digest, by whom.
CREATE TABLE IF NOT EXISTS quality.lifecycle_local ON CLUSTER `wuku` /* sharded by cityHash64(feed) */
(
    feed    LowCardinality(String),
    stage   LowCardinality(String),
    at      DateTime64(3, 'UTC'),
    by      String,
    records UInt64,
    digest  String,
    note    String
)
ENGINE = ReplicatedReplacingMergeTree('/clickhouse/tables/{shard}/{database}/{table}', '{replica}') ORDER BY (feed, at, stage);

CREATE TABLE IF NOT EXISTS quality.lifecycle ON CLUSTER `wuku` AS quality.lifecycle_local ENGINE = Distributed(`wuku`, quality, lifecycle_local, cityHash64(feed));

-- Cases of matters.
CREATE DATABASE IF NOT EXISTS matter ON CLUSTER `wuku`;

-- What happened to cases, as events that are only ever added: opened, checked, decided, appealed, archived. content holds no personal value:
-- numbers are encrypted, of values that were read only salted commitments are kept. mac is over all other columns but received, under a
-- key that the engine does not have: a row that was written past the program counts for nothing.
CREATE TABLE IF NOT EXISTS matter.event_local ON CLUSTER `wuku` /* sharded by cityHash64(case_no) */
(
    id         String,
    at         DateTime64(6, 'UTC'),
    kind       LowCardinality(String),
    case_no    String,
    matter     LowCardinality(String),
    division   LowCardinality(String),
    department LowCardinality(String),
    actor      String,
    client     LowCardinality(String),
    role       LowCardinality(String),
    content    String CODEC(ZSTD(1)),
    mac        String,
    received   DateTime64(6, 'UTC') DEFAULT now64(6)
)
ENGINE = ReplicatedReplacingMergeTree('/clickhouse/tables/{shard}/{database}/{table}', '{replica}') ORDER BY (case_no, at, id);

CREATE TABLE IF NOT EXISTS matter.event ON CLUSTER `wuku` AS matter.event_local ENGINE = Distributed(`wuku`, matter, event_local, cityHash64(case_no));

-- Cases as they stand: one row a case. What was saved is that of the last decision.
CREATE OR REPLACE VIEW matter.case ON CLUSTER `wuku` AS
SELECT
    case_no,
    any(matter) AS matter,
    any(division) AS division,
    minIf(at, kind = 'case.opened') AS opened,
    argMinIf(client, at, kind = 'case.opened') AS client,
    maxIf(at, kind = 'case.decided') AS decided,
    multiIf(countIf(kind = 'case.decided') = 0, 'open', maxIf(at, kind = 'case.appealed') > maxIf(at, kind = 'case.decided'), 'appealed',
        argMaxIf(JSONExtractBool(content, 'accept'), at, kind = 'case.decided'), 'approved', 'refused') AS state,
    argMaxIf(JSONExtractBool(content, 'by_rule'), at, kind = 'case.decided') AS by_rule,
    argMaxIf(JSONExtractInt(content, 'saved', 'materials'), at, kind = 'case.decided') AS saved_materials,
    argMaxIf(JSONExtractInt(content, 'saved', 'days'), at, kind = 'case.decided') AS saved_days,
    argMaxIf(JSONExtractInt(content, 'saved', 'steps'), at, kind = 'case.decided') AS saved_steps,
    argMinIf(JSONExtract(content, 'open', 'Array(String)'), at, kind = 'case.checked') AS open_materials
FROM (SELECT * FROM matter.event FINAL)
GROUP BY case_no
HAVING countIf(kind = 'case.opened') > 0;

-- What of the shapes of places does not fit, worked out with each version of the places: parcels that overlap, shapes outside their county.
CREATE TABLE IF NOT EXISTS space.topology_local ON CLUSTER `wuku` /* sharded by cityHash64(entity) */
(
    ver    UInt64,
    entity UUID,
    rule   LowCardinality(String),
    other  UUID,
    area   Float64
)
ENGINE = ReplicatedMergeTree('/clickhouse/tables/{shard}/{database}/{table}', '{replica}') PARTITION BY ver ORDER BY (rule, entity, other);

CREATE TABLE IF NOT EXISTS space.topology ON CLUSTER `wuku` AS space.topology_local ENGINE = Distributed(`wuku`, space, topology_local, cityHash64(entity));

-- The count that a warning of an area stands on, in the work list of inspections.
ALTER TABLE quality.broken_local ON CLUSTER `wuku` ADD COLUMN IF NOT EXISTS figure UInt64;

ALTER TABLE quality.broken ON CLUSTER `wuku` ADD COLUMN IF NOT EXISTS figure UInt64;

-- Warnings (预警): one row an event, with the warning as it is after it; the newest event counts. A warning is one of a declaration and of
-- an entity, or of an area; each time its cause comes again is a round. Only added to.
CREATE TABLE IF NOT EXISTS quality.warning_event_local ON CLUSTER `wuku` /* sharded by cityHash64(id) */
(
    id        UUID,
    n         UInt32,
    action    LowCardinality(String),
    by        String,
    note      String,
    at        DateTime64(3, 'UTC'),
    stamp     UInt64,
    library   LowCardinality(String),
    rule      LowCardinality(String),
    level     LowCardinality(String),
    entity    UUID,
    other     UUID,
    area      String,
    figure    UInt64,
    state     LowCardinality(String),
    outcome   LowCardinality(String),
    judgement LowCardinality(String),
    round     UInt32,
    raised    DateTime64(3, 'UTC'),
    ends      DateTime64(3, 'UTC')
)
ENGINE = ReplicatedReplacingMergeTree('/clickhouse/tables/{shard}/{database}/{table}', '{replica}') ORDER BY (id, n)
SETTINGS index_granularity = 512;

CREATE TABLE IF NOT EXISTS quality.warning_event ON CLUSTER `wuku` AS quality.warning_event_local ENGINE = Distributed(`wuku`, quality, warning_event_local, cityHash64(id));

CREATE VIEW IF NOT EXISTS quality.warning ON CLUSTER `wuku` AS SELECT * FROM quality.warning_event FINAL ORDER BY n DESC LIMIT 1 BY id;

-- Events of warnings that stand on the topic of alerts.
CREATE TABLE IF NOT EXISTS quality.warning_told_local ON CLUSTER `wuku` /* sharded by cityHash64(id) */
(
    id    UUID,
    n     UInt32,
    stamp UInt64
)
ENGINE = ReplicatedReplacingMergeTree('/clickhouse/tables/{shard}/{database}/{table}', '{replica}') ORDER BY (stamp, id, n);

CREATE TABLE IF NOT EXISTS quality.warning_told ON CLUSTER `wuku` AS quality.warning_told_local ENGINE = Distributed(`wuku`, quality, warning_told_local, cityHash64(id));

-- The key of the refused record, where it is known: by it a refusal is a finding of that record, which ends when the record is taken.
ALTER TABLE quality.quarantine_local ON CLUSTER `wuku` ADD COLUMN IF NOT EXISTS record String;

ALTER TABLE quality.quarantine ON CLUSTER `wuku` ADD COLUMN IF NOT EXISTS record String;

