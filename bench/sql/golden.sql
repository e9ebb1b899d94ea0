-- Rows that the golden records have taken in: the counts add up whatever was merged.
SELECT toFloat64(sum(n)) FROM merge('golden', '^(person|organisation|certificate|credit|place)$')
