-- A version whose identifier failed its check (naming 2) stands at the record's own anchor; that anchor belongs to the last good
-- anchor of the same slot in an older version, however often the fault repeats between. since = that older version: of several
-- stay rows of one version the one with the latest since counts (a version may arrive late between the two).
-- No function looks from one version into the list of all: a record that was sent a million times would need that list a million times.
INSERT INTO {{into (print "claims." .Library)}} {{perShard}} (anchor, feed, key, role, ver, op, also, since)
WITH
    -- each fault that a record ever had: its slot and the record's own anchor there
    faults AS
    (
        SELECT feed, key, versions,
            arrayJoin(arrayDistinct(arrayFlatten(arrayMap(v -> arrayFilter(n -> bitAnd(bitShiftRight(n.1, 48), 255) = 2, v.2), versions)))) AS fault
        FROM ({{template "versions" .}})
        WHERE length(versions) > 1
    ),
    -- beside each version the newest one up to it that does not have the fault (version 0: there is none)
    older AS
    (
        SELECT feed, key, fault,
            arrayFilter(p -> p.3 AND p.2.1 > 0, arrayZip(
                arrayMap(v -> v.1, versions),
                arrayFill(o -> o.1 > 0, arrayMap(v -> if(has(v.2, fault), (toUInt128(0), v.2), (v.1, v.2)), versions)),
                arrayMap(v -> has(v.2, fault), versions))) AS repeats
        FROM faults
    ),
    previous AS
    (
        SELECT feed, key, fault, arrayJoin(repeats) AS repeat FROM older
    )
-- an older version without a good anchor in the slot (no identifier, deleted) ends the search: the row then names its own anchor,
-- which overrules rows written before that version arrived; a second row at the last good anchor points back, so that whoever
-- touches that anchor finds this one
SELECT
    row.1 AS anchor, feed, key, '', ver, row.2 AS op, [row.3] AS also, since
FROM
(
    SELECT feed, key, repeat.1 AS ver, repeat.2.1 AS since, fault.2 AS own,
        arrayFirst(n -> bitAnd(n.1, 281474976710655) = bitAnd(fault.1, 281474976710655) AND bitAnd(bitShiftRight(n.1, 48), 255) = 0, repeat.2.2).2 AS found,
        if(found = toUUID('00000000-0000-0000-0000-000000000000'), own, found) AS good
    FROM previous
)
ARRAY JOIN if(good = own, [(own, 'stay', own)], [(own, 'stay', good), (good, 'gone', own)]) AS row
