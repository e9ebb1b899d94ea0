SELECT uniq(anchor) FROM {{from (print "claims." .Library)}}
