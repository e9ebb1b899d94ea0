-- Every model that a library had, the newest first, and who put it there.
SELECT by, at, model FROM {{from "resolve.model"}} FINAL WHERE library = {{text .Library}} ORDER BY at DESC
