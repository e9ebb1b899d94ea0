-- Who may do what, as events that are only ever added: applications, assessments, votes, revocations, keys (hashed), locks, feedback,
-- acknowledged recalls. mac is over all other columns but received, under a key that the engine does not have: a row that was written
-- past the program counts for nothing.
{{table "access.event" "cityHash64('access')"}}
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
ENGINE = {{replacing ""}} ORDER BY (kind, subject, id)
;;
-- The audit log's copy for queries: one row a leaf. log tells the logs of several serve processes apart. The log itself is the record.
{{table "access.audit" "cityHash64(log, leaf)"}}
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
ENGINE = {{replacing ""}} PARTITION BY toYYYYMM(time) ORDER BY (log, leaf)
;;
-- Who received a value that was corrected afterwards: found by the recall scan, told until it is acknowledged.
{{table "access.recall" "cityHash64(id)"}}
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
ENGINE = {{replacing ""}} ORDER BY (client, id)
;;
-- How far the recall scan has come in a library's events.
{{table "access.recall_mark" "cityHash64(library)"}}
(
    library LowCardinality(String),
    seq     UInt64
)
ENGINE = {{replacing "seq"}} ORDER BY library
;;
-- Applications with their state. Votes that break the rule (the applicant's own, a second one of the same client) are refused when
-- they are cast and ignored here.
CREATE OR REPLACE VIEW access.application{{onCluster}} AS
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
FROM {{from "access.event"}} AS e FINAL
WHERE startsWith(kind, 'application.') OR kind = 'grant.revoked'
GROUP BY subject
;;
-- Grants: applications that two have approved. The whole of a grant is in its application's content.
CREATE OR REPLACE VIEW access.grant{{onCluster}} AS
SELECT id, client, title, library, filed, risk, revoked
FROM access.application
WHERE approvals >= 2 AND NOT rejected AND NOT withdrawn
