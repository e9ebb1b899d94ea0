SELECT toFloat64(count()) FROM system.merges
