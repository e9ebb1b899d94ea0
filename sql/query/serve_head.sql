-- Number of the last event of a finished cycle; 0 before the first.
SELECT max(seq_to) FROM {{from "resolve.marker"}} WHERE library = {library:String}
