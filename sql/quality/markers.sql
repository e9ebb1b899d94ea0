-- The last finished cycle of every library.
SELECT toString(library), argMax(marks, cycle), argMax(seq_to, cycle) FROM {{from "resolve.marker"}} GROUP BY library
