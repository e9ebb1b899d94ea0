-- The count that a warning of an area stands on, in the work list of inspections.
ALTER TABLE {{local "quality.broken"}}{{onCluster}} ADD COLUMN IF NOT EXISTS figure UInt64
{{- if sharded}}
;;
ALTER TABLE quality.broken{{onCluster}} ADD COLUMN IF NOT EXISTS figure UInt64
{{- end}}
;;
-- Warnings (预警): one row an event, with the warning as it is after it; the newest event counts. A warning is one of a declaration and of
-- an entity, or of an area; each time its cause comes again is a round. Only added to.
{{table "quality.warning_event" "cityHash64(id)"}}
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
ENGINE = {{replacing ""}} ORDER BY (id, n)
SETTINGS index_granularity = 512
;;
CREATE VIEW IF NOT EXISTS quality.warning{{onCluster}} AS SELECT * FROM {{from "quality.warning_event"}} FINAL ORDER BY n DESC LIMIT 1 BY id
;;
-- Events of warnings that stand on the topic of alerts.
{{table "quality.warning_told" "cityHash64(id)"}}
(
    id    UUID,
    n     UInt32,
    stamp UInt64
)
ENGINE = {{replacing ""}} ORDER BY (stamp, id, n)
