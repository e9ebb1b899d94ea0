-- When each library was last looked at whole.
SELECT toString(library), max(started) FROM {{from "quality.run"}} WHERE whole = 1 GROUP BY library
