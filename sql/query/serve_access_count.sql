-- Whether there are new events: answered from metadata.
SELECT count() FROM {{from "access.event"}}
