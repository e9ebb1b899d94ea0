-- A page of numbered events. Numbers beyond the last marker belong to a cycle that has not finished: they may change.
SELECT seq, entity, toString(kind), arrayMap(x -> toString(x), elements), other, at
FROM {{from "resolve.event"}} FINAL
WHERE library = {library:String} AND seq > {after:UInt64} AND seq <= {head:UInt64}
ORDER BY seq LIMIT {limit:UInt64}
