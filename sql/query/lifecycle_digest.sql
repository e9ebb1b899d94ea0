-- The digest of a feed's newest archive.
SELECT digest FROM {{from "quality.lifecycle"}} FINAL WHERE feed = {{text .Feed}} AND stage = 'archived' ORDER BY at DESC LIMIT 1
