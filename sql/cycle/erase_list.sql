-- From here on no replay can bring the record back: ingest refuses what is on this list, by a keyed hash of the record key.
INSERT INTO {{into "ledger.erased"}} (feed, key_hash, reason, by, erased) SELECT {{text .Feed}}, {{text .Hash}}, {{text .Reason}}, {{text .By}}, now64(3)
