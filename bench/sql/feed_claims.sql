SELECT toFloat64(count()) FROM {{ident "claims"}}.{{ident .Library}} WHERE feed = {{text .Feed}} AND op = 'assert'
