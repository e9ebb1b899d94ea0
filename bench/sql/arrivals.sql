SELECT topic, partition, offset, received FROM ledger.message
WHERE received >= fromUnixTimestamp64Milli({{.From}}) AND startsWith(topic, 'src.') AND outcome IN ('claimed', 'deleted')
