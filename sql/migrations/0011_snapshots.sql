{{database "snapshot"}}
;;
-- Messages of feeds of snapshots until their snapshot is compared and taken; then they go. kind: 1 begin mark, 2 end mark, 3 record,
-- 4 refused record. count: 1 more than a mark declares; 0: it declares none.
{{table "snapshot.staged" "cityHash64(feed)"}}
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
ENGINE = {{replacing ""}} PARTITION BY feed ORDER BY offset
;;
-- What the last snapshot that was taken said of each record, as a digest: only what differs from it goes on. run is the offset of the
-- snapshot's begin mark; live = 0: the record is gone.
{{table "snapshot.record" "cityHash64(feed)"}}
(
    feed   LowCardinality(String),
    key    String,
    digest UInt64,
    live   UInt8,
    run    UInt64
)
ENGINE = {{replacing "run"}} ORDER BY (feed, key)
;;
-- Every snapshot with what became of it: why is empty for one that was taken. at is the time that its changes were published with, which
-- only grows.
{{table "snapshot.run" "cityHash64(feed)"}}
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
ENGINE = {{replacing ""}} ORDER BY (feed, run)
