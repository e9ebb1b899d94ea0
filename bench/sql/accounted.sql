-- Messages of the feeds that have a row in the ledger.
SELECT toFloat64(uniqExact(topic, partition, offset)) FROM ledger.message WHERE startsWith(topic, 'src.') AND offset = until AND outcome IN ('claimed', 'deleted', 'unmapped', 'quarantined')
