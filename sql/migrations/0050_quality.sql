-- An inspection's work list also names the other entity, for rules that look at two libraries.
ALTER TABLE {{local "quality.inspected"}}{{onCluster}} ADD COLUMN IF NOT EXISTS other UUID
{{- if sharded}}
;;
ALTER TABLE quality.inspected{{onCluster}} ADD COLUMN IF NOT EXISTS other UUID
{{- end}}
;;
-- One row a finished inspection of a library: what it had seen, so that the next one looks only at what has changed since. seen:
-- library -> number of its last event; marks: as in resolve.marker; digest: of the rules it went by; day: for rules that look at it.
{{table "quality.run" "cityHash64(library)"}}
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
ENGINE = {{replacing ""}} ORDER BY (library, run)
;;
-- Work list of a running inspection of what has changed: the anchors to look at.
{{table "quality.touched" "cityHash64(anchor)"}}
(
    library LowCardinality(String),
    run     UInt64,
    anchor  UUID
)
ENGINE = {{plain}} PARTITION BY (library, run) ORDER BY (library, run, anchor)
;;
-- Work list of a running inspection: base records that break a rule, by each of their anchors, before it is known whose record the
-- value came from.
{{table "quality.broken" "cityHash64(anchor)"}}
(
    library LowCardinality(String),
    run     UInt64,
    rule    LowCardinality(String),
    element LowCardinality(String),
    entity  UUID,
    anchor  UUID,
    other   UUID
)
ENGINE = {{plain}} PARTITION BY (library, run) ORDER BY (library, run, element, anchor)
;;
-- Which entities hold, or held, a value by which rules tie two libraries: by the value's hash, and by entity. A row that no longer
-- holds only makes an entity be looked at once more.
{{table "quality.reference" "hash"}}
(
    library LowCardinality(String),
    element LowCardinality(String),
    hash    UInt64,
    entity  UUID
)
ENGINE = {{replacing ""}} ORDER BY (library, element, hash, entity)
SETTINGS index_granularity = 512
;;
{{table "quality.referred" "cityHash64(entity)"}}
(
    library LowCardinality(String),
    element LowCardinality(String),
    entity  UUID,
    hash    UInt64
)
ENGINE = {{replacing ""}} ORDER BY (library, element, entity, hash)
SETTINGS index_granularity = 512
;;
-- The years, 1981 to 2024, in which each division code was in use.
{{table "quality.division" "cityHash64(code)"}}
(
    code String,
    year UInt16
)
ENGINE = {{replacing ""}} ORDER BY (code, year)
;;
-- Work orders (整改工单): one row an event, with the order as it is after it; the newest event counts. An order is one finding's (rule,
-- record, element), however often it comes back. Only added to.
{{table "quality.order_event" "cityHash64(id)"}}
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
ENGINE = {{replacing ""}} ORDER BY (id, n)
SETTINGS index_granularity = 512
;;
CREATE VIEW IF NOT EXISTS quality.work_order{{onCluster}} AS SELECT * FROM {{from "quality.order_event"}} FINAL ORDER BY n DESC LIMIT 1 BY id
;;
-- Events of work orders that stand on the topic of their department.
{{table "quality.order_told" "cityHash64(id)"}}
(
    id    UUID,
    n     UInt32,
    stamp UInt64
)
ENGINE = {{replacing ""}} ORDER BY (stamp, id, n)
