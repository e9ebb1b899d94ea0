-- The last event of every library, and when its last cycle ended.
SELECT library, max(seq_to) AS head, max(finished) AS at FROM {{from "resolve.marker"}} GROUP BY library
