-- Changes of what was there before, after a mark, of finished cycles.
SELECT seq, entity, toString(kind), arrayMap(x -> toString(x), elements), at
FROM {{from "resolve.event"}} FINAL
WHERE library = {library:String} AND seq > {after:UInt64} AND seq <= {head:UInt64} AND kind != 'created'
ORDER BY seq LIMIT {limit:UInt64}
