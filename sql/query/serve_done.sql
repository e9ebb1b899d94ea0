-- What was done under an idempotency key.
SELECT digest, subject FROM {{from "access.done"}} FINAL WHERE id = {id:String} LIMIT 1
