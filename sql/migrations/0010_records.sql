-- A message may hold several records (a JSON array, lines of CSV, the rows of one Canal message): part numbers them from 0. A message of
-- one record, or one that is refused whole, has part 0. So an offset is accounted for by its row of part 0.
{{define "add part"}}ADD COLUMN IF NOT EXISTS part UInt32{{end -}}
ALTER TABLE {{local "ledger.message"}}{{onCluster}} {{template "add part"}}, MODIFY ORDER BY (topic, partition, revision, offset, part)
;;
ALTER TABLE {{local "quality.quarantine"}}{{onCluster}} {{template "add part"}}, MODIFY ORDER BY (topic, partition, offset, revision, part)
{{- if sharded}}
;;
ALTER TABLE ledger.message{{onCluster}} {{template "add part"}}
;;
ALTER TABLE quality.quarantine{{onCluster}} {{template "add part"}}
{{- end}}
;;
-- Which fields a feed's messages have, by type: what the contract does not have, what has come to be of another type, what stays away.
-- The earliest sighting counts.
{{table "quality.field" "cityHash64(feed)"}}
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
ENGINE = {{replacing "rank"}} ORDER BY (feed, field, type)
