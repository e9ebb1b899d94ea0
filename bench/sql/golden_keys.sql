SELECT toFloat64(sum(k)) FROM (SELECT uniqExact(key) AS k FROM merge('golden', '^(person|organisation|certificate|credit|place)$') GROUP BY _table)
