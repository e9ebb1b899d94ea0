-- A version whose identifier failed its check (naming 2) stands at the record's own anchor; that anchor belongs to the last good
-- anchor of the same slot in an older version, however often the fault repeats between. since = that older version: of several
-- stay rows of one version the one with the latest since counts (a version may arrive late between the two).
INSERT INTO {{into (print "claims." .Library)}} {{perShard}} (anchor, feed, key, role, ver, op, also, since)
WITH
    faults AS
    (
        SELECT
            feed, key, versions,
            arrayJoin(arrayFilter(i -> i > 1 AND arrayExists(n -> bitAnd(bitShiftRight(n.1, 48), 255) = 2, versions[i].2), arrayEnumerate(versions))) AS at,
            arrayJoin(arrayFilter(n -> bitAnd(bitShiftRight(n.1, 48), 255) = 2, versions[at].2)) AS fault
        FROM ({{template "versions" .}})
        WHERE length(versions) > 1
    ),
    -- the newest older version that does not repeat the fault in this slot
    previous AS
    (
        SELECT feed, key, versions[at].1 AS ver, fault,
            arrayLast(v -> NOT arrayExists(n -> n = fault, v.2), arraySlice(versions, 1, at - 1)) AS older
        FROM faults
    )
-- an older version without a good anchor in the slot (no identifier, deleted) ends the search: the row then names its own anchor,
-- which overrules rows written before that version arrived; a second row at the last good anchor points back, so that whoever
-- touches that anchor finds this one
SELECT
    row.1 AS anchor, feed, key, '', ver, row.2 AS op, [row.3] AS also, older.1 AS since
FROM
(
    SELECT feed, key, ver, older, fault.2 AS own,
        arrayFirst(n -> bitAnd(n.1, 281474976710655) = bitAnd(fault.1, 281474976710655) AND bitAnd(bitShiftRight(n.1, 48), 255) = 0, older.2).2 AS found,
        if(found = toUUID('00000000-0000-0000-0000-000000000000'), own, found) AS good
    FROM previous
    WHERE older.1 > 0
)
ARRAY JOIN if(good = own, [(own, 'stay', own)], [(own, 'stay', good), (good, 'gone', own)]) AS row
