SELECT count() FROM {{from (print "resolve." .Library)}}
