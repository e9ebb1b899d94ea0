-- The marks of a feed's snapshots that are not dealt with, in order.
SELECT offset, part, kind, run, count
FROM {{from "snapshot.message"}} FINAL
WHERE feed = {{text .Feed}} AND kind IN (1, 2) AND (offset, part) >= ({{.Done}}, {{.DonePart}}) AND offset < {{.Stored}}
ORDER BY offset, part
