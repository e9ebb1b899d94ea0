-- Versions after the first one of a record, a delete left out.
SELECT toFloat64(sum(n - 1)) FROM (SELECT countIf(outcome = 'claimed') AS n FROM ledger.message WHERE key != '' GROUP BY feed, key HAVING n > 0)
