-- Cases of matters.
{{database "matter"}}
;;
-- What happened to cases, as events that are only ever added: opened, checked, decided, appealed, archived. content holds no personal value:
-- numbers are encrypted, of values that were read only salted commitments are kept. mac is over all other columns but received, under a
-- key that the engine does not have: a row that was written past the program counts for nothing.
{{table "matter.event" "cityHash64(case_no)"}}
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
ENGINE = {{replacing ""}} ORDER BY (case_no, at, id)
;;
-- Cases as they stand: one row a case. What was saved is that of the last decision.
CREATE OR REPLACE VIEW matter.case{{onCluster}} AS
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
FROM (SELECT * FROM {{from "matter.event"}} FINAL)
GROUP BY case_no
HAVING countIf(kind = 'case.opened') > 0
