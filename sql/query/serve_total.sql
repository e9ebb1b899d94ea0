-- How many entities a library has, when its last cycle ended and the number of its last event.
SELECT
    (SELECT count() FROM {{from (print "resolve." .Library)}} FINAL WHERE live = 1) AS entities,
    (SELECT max(finished) FROM {{from "resolve.marker"}} WHERE library = {library:String}) AS updated,
    (SELECT max(seq_to) FROM {{from "resolve.marker"}} WHERE library = {library:String}) AS head
