-- How many rows the ledger has, from its parts' headers: cheap enough to ask every second.
SELECT count() FROM {{from "ledger.message"}}
