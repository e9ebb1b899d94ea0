-- Keyed hashes of erased records.
SELECT DISTINCT feed, key_hash FROM {{from "ledger.erased"}}
