-- Every table of ours that holds rows, for emptying an instance in tests.
SELECT concat(database, '.', name) FROM system.tables WHERE database IN ('ledger', 'claims', 'resolve', 'quality', 'access') AND engine LIKE '%MergeTree' ORDER BY 1
