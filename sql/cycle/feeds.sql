-- Feeds that have any claim in the library.
SELECT DISTINCT toString(feed) FROM {{from (print "claims." .Library)}} WHERE op = 'assert'
