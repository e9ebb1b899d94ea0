SELECT topic, partition, offset, received, toString(outcome) FROM ledger.message FINAL
WHERE received >= fromUnixTimestamp64Milli({{.From}}) AND startsWith(topic, 'src.') AND outcome IN ('claimed', 'deleted', 'quarantined')
