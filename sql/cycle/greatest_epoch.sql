-- The greatest epoch that the store has seen of a library, in owners or in finished cycles.
SELECT greatest((SELECT max(epoch) FROM {{from "resolve.owner"}} WHERE library = {{text .Library}}), (SELECT bitShiftRight(max(cycle), 32) FROM {{from "resolve.marker"}} WHERE library = {{text .Library}}))
