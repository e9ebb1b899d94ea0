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
