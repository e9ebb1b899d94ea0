SELECT toFloat64(sum(total_rows)) FROM system.tables WHERE database = 'land'
