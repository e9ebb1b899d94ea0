SELECT toFloat64(count()) FROM claims.{{.Library}} FINAL WHERE op = 'assert'
