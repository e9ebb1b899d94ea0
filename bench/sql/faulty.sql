SELECT toFloat64(uniqExact(topic, partition, offset)) FROM quality.finding
