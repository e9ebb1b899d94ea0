-- Messages of feeds of snapshots until their snapshot is compared and taken; then they go. kind: 1 begin mark, 2 end mark, 3 record,
-- 4 refused record, 9 a record of the erasure list: that it stood there. count: 1 more than a mark declares; 0: it declares none.
-- snapshot.staged, which had them before, was ordered by the offset alone: messages of two feeds at one offset hid each other. It stays
-- empty.
{{table "snapshot.message" "cityHash64(feed)"}}
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
ENGINE = {{replacing ""}} PARTITION BY feed ORDER BY (feed, offset)
;;
INSERT INTO {{into "snapshot.message"}} (feed, offset, kind, key, run, count, digest, value)
SELECT feed, offset, kind, key, run, count, digest, value FROM {{from "snapshot.staged"}}
;;
TRUNCATE TABLE {{local "snapshot.staged"}}{{onCluster}}
