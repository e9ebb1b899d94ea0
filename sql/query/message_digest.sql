-- The digest of the message at one offset, under whichever revision it was read last.
SELECT digest FROM {{from "ledger.message"}}
WHERE topic = {{text .Topic}} AND partition = {{.Partition}} AND offset = {{.Offset}}
ORDER BY revision DESC LIMIT 1
