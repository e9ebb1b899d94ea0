SELECT toFloat64(uniqExact(t, p, o)) FROM (SELECT topic AS t, partition AS p, offset AS o FROM quality.quarantine UNION ALL SELECT topic, partition, offset FROM quality.finding)
