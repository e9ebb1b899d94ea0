-- Recalls of a client, or of all for ''.
SELECT id, toString(library), seq, entity, toString(kind), toString(client), toString(grant), toString(purpose), case_no, toString(log), leaf, arrayMap(e -> toString(e), elements), read_at, changed
FROM {{from "access.recall"}} FINAL
WHERE ({client:String} = '' OR client = {client:String}) AND id > {after:String}
ORDER BY id LIMIT {limit:UInt64}
