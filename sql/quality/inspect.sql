-- One scan of a library's claims, in the rule's order (see cycle/resolve.sql), entity by entity. A value is compared as a 64-bit hash
-- of its element and its text.
--     cross.differs     a feed of the element's authority list holds another value than the feed whose value wins. Feeds of one rank
--                       speak of different jurisdictions and do not contradict each other; a group's winner is the group's, and
--                       what it leaves empty contradicts nobody
--     record.duplicate  in a slot that has one record an entity, every record but the newest
-- Only contested elements are items, each with the key
--     16 bits lead of the element's group | 8 bits rank of the feed | 24 bits place of the claim by tie | 16 bits element
-- and most entities end at the first look: all claims that speak of an element say the same of it, and no slot has two records. Only of
-- the others is it worked out which claims are the newest version of their record at their anchor (see cycle/dead.sql), runs in order of
-- record and version, and so which count at all.
INSERT INTO {{into "quality.inspected"}}{{if not .Members}} {{perShard}}{{end}} (library, run, entity, anchor, feed, key, role, ver, element, rule, against, received)
WITH
    [{{list .Feeds}}] AS feeds,
    [{{list .Names}}]::Array(String) AS names,
    [{{numbers .Leads}}]::Array(UInt16) AS leads,
    [{{numbers .Lists}}]::Array(UInt16) AS lists,
    [{{numbers .Ranks}}]::Array(UInt8) AS ranks,
    [{{list .Roles}}]::Array(String) AS slotRoles,
    [{{numbers .Singles}}]::Array(UInt8) AS singles
SELECT {{text .Library}}, {{.Run}}, entity, {{if .Members}}an[by[d.1]]{{else}}entity{{end}}, feeds[os[by[d.1]]], keys[by[d.1]], roles[by[d.1]], vers[by[d.1]],
    if(d.2 = 0, '', names[d.2]) AS element, if(d.2 = 0, 'record.duplicate', 'cross.differs') AS rule, if(d.3 = 0, '', feeds[os[by[d.3]]]) AS against, received[by[d.1]]
FROM
(
    SELECT *, arrayJoin(arrayConcat(
        arrayFilter(d -> d.1 > 0, arrayMap((p, s, x) -> (if(s != 0 AND x != slotted[indexOf(slotsBy, s)], toUInt64(p), 0), toUInt64(0), toUInt64(0)), arrayEnumerate(by), slotsBy, slotted)),
        arrayFilter(d -> d.1 > 0, arrayMap((k, h) -> (if(indexOf(won, bitAnd(k, 65535)) > 0 AND winning[indexOf(won, bitAnd(k, 65535))] != h AND bitAnd(bitShiftRight(wins[indexOf(won, bitAnd(k, 65535))], 40), 255) != bitAnd(bitShiftRight(k, 40), 255), bitAnd(bitShiftRight(k, 16), 16777215), 0), bitAnd(k, 65535), bitAnd(bitShiftRight(wins[indexOf(won, bitAnd(k, 65535))], 16), 16777215)), ordered, hashed)))) AS d
    FROM
    (
        SELECT *,
            arrayMap(i -> slots[i], by) AS slotsBy, arrayMap(i -> slotKeys[i], by) AS slotted,
            arraySort((h, k) -> k, hs, placed) AS hashed, arraySort(placed) AS ordered,
            arrayFill((k, before) -> bitShiftRight(k, 48) != bitShiftRight(before, 48), ordered, arrayResize(arrayPushFront(arrayPopBack(ordered), 0), length(ordered))) AS heads,
            arrayFilter((k, head) -> bitShiftRight(k, 16) = bitShiftRight(head, 16), ordered, heads) AS wins,
            arrayFilter((h, k, head) -> bitShiftRight(k, 16) = bitShiftRight(head, 16), hashed, ordered, heads) AS winning,
            arrayMap(k -> bitAnd(k, 65535), wins) AS won
        FROM
        (
            SELECT entity, {{if .Members}}an, {{end}}os, keys, roles, vers, received, slots, slotKeys,
                arraySort(arrayZip(records, arrayMap(v -> bitNot(v), vers), arrayEnumerate(records))) AS runs,
                arrayFill((x, before) -> x.1 != before.1, runs, arrayResize(arrayPushFront(arrayPopBack(runs), (toUInt64(0), toUInt128(0), toUInt32(0))), length(runs))) AS newest,
                arraySort((f, x) -> x.3, arrayMap((x, first) -> x.2 = first.2 AND asserts[x.3], runs, newest), runs) AS alive,
                arraySort((i, t, f) -> (1 - f, t), arrayEnumerate(ties), ties, alive) AS all, arraySort((i, x) -> x, arrayEnumerate(all), all) AS places, arraySlice(all, 1, arraySum(alive)) AS by,
                arrayFlatten(arrayMap((n, p) -> arrayWithConstant(n, toUInt64(p)), ns, places)) AS at,
                arrayFilter((h, p) -> p <= length(by), said, at) AS hs,
                arrayMap((k, p) -> bitOr(k, bitShiftLeft(p, 16)), arrayFilter((k, p) -> p <= length(by), ks, at), arrayFilter(p -> p <= length(by), at)) AS placed
            FROM
            (
                SELECT{{if .Members}} entity, groupArray(anchor) AS an,{{else}} anchor AS entity,{{end}} groupArray(tie) AS ties, groupArray(ordinal) AS os, groupArray(key) AS keys, groupArray(role) AS roles, groupArray(ver) AS vers,
                    groupArray(received) AS received, groupArray(slot) AS slots, groupArray(slotKey) AS slotKeys, groupArray(record) AS records, groupArray(asserted) AS asserts, groupArray(length(rough)) AS ns, groupArrayArray(rough) AS ks, groupArrayArray(hashes) AS said
                FROM
                (
                    SELECT {{if .Members}}if(m.entity = toUUID('00000000-0000-0000-0000-000000000000'), c.anchor, m.entity) AS entity, c.anchor AS anchor, c.*{{else}}*{{end}}
                    FROM
                    (
                        SELECT anchor, toUInt16(transform(feed, [{{list .Feeds}}], [{{numbers .Ordinals}}], 0)) AS ordinal, key, role, ver, received, op = 'assert' AS asserted,
                            cityHash64({{if .Members}}anchor, {{end}}ordinal, key) AS record,
                            {{if .Singles}}if(asserted, toUInt16(singles[(ordinal - 1) * {{len .Roles}} + indexOf(slotRoles, substringIndex(role, '/', 1))] * (256 * ordinal + indexOf(slotRoles, substringIndex(role, '/', 1)))), 0){{else}}toUInt16(0){{end}} AS slot,
                            if(slot = 0, 0, record) AS slotKey,
                            arrayMap(n -> leads[n] != 0 AND ranks[lists[n] * {{len .Feeds}} + ordinal] != 255, els) AS asked,
                            arrayMap(n -> bitOr(bitOr(bitShiftLeft(toUInt64(leads[n]), 48), bitShiftLeft(toUInt64(ranks[lists[n] * {{len .Feeds}} + ordinal]), 40)), toUInt64(n)), arrayFilter((n, a) -> a, els, asked)) AS rough,
                            arrayMap((n, v) -> cityHash64(n, v), arrayFilter((n, a) -> a, els, asked), arrayFilter((v, a) -> a, vals, asked)) AS hashes,
                            {{template "tie" .}}
                        FROM {{from (print "claims." .Library)}}
                        WHERE feed IN ({{list .Feeds}}) AND {{template "looked at" .}}
                            AND anchor {{if .Members}}IN (SELECT anchor FROM {{from .MemberTable}}{{template "slice of members" .}}{{else}}NOT IN (SELECT anchor FROM {{from .MemberTable}} WHERE{{end}} library = {{text .Library}} AND {{template "looked at" .}})
                    ) AS c{{if .Members}}
                    LEFT JOIN (SELECT anchor, entity FROM {{from .MemberTable}} FINAL WHERE{{if gt .Slices 1}} cityHash64(entity) % {{.Slices}} = {{.Slice}} AND{{end}} library = {{text .Library}} AND {{template "looked at" .}}) AS m ON c.anchor = m.anchor{{end}}
                )
                GROUP BY {{if .Members}}entity{{else}}anchor{{end}}
                HAVING count() > 1 AND (length(arrayDistinct(said)) > length(arrayDistinct(arrayMap(k -> bitAnd(k, 65535), ks)))
                    OR length(arrayDistinct(arrayFilter(x -> x != 0, slotKeys))) > length(arrayDistinct(arrayFilter(x -> x != 0, slots))))
            )
        )
    )
)
SETTINGS optimize_aggregation_in_order = {{if .Members}}0{{else}}1, max_block_size = 16384, aggregation_in_order_max_block_bytes = 16000000{{end}}
