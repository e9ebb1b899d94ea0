SELECT toFloat64(count()) FROM ledger.message FINAL WHERE outcome = 'deleted'
