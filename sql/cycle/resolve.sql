{{define "tie"}}
                    {{- /* event times count from the year 1, so that those before 1970 order right as unsigned numbers */}}
                    bitOr(bitOr(bitOr(
                        bitShiftLeft(toUInt256(281474976710655 - least(greatest(toUnixTimestamp64Milli(event_time) + 62135596800000, 0), 281474976710655)), 200),
                        bitShiftLeft(toUInt256(bitNot(ver)), 72)),
                        bitShiftLeft(toUInt256(ordinal), 56)),
                        toUInt256(bitShiftRight(sipHash64(role), 8))) AS tie
{{- end}}
{{/* Of a few touched entities one statement does all; on a cluster the shards do those of one anchor, as they do in a scan. */ -}}
{{if or .All .Members perShard -}}
-- The rule. Of the live claims of an entity each element takes the value of the first feed of its authority list that has one;
-- ties by event time, then version, then feed by name, then role. That order but for the rank is one number a claim, smaller is
-- better ("tie"):
--     48 bits newest event time | 128 bits highest version | 16 bits feed by name | 56 bits hash of the role
-- (version holds offset and partition, so only roles of one message are left to tell apart; their hash is as canonical).
-- Everything that the claims of an entity say is one list of items, an item an element of a claim, with the key
--     12 bits lead of the element's group | 8 bits rank of the feed | 32 bits place of the claim by tie | 12 bits element
-- The least key of a lead decides: its claim gives all elements of the group, and of a group of one that element. Rank 255 never
-- wins, lead 0 is of elements that the catalogue no longer has.
-- A scan streams in smaller blocks than the engine's own: each step holds some, and of millions of rows that was more than a query may take.
INSERT INTO {{into .Target}}{{if not .Members}} {{perShard}}{{end}} (anchor, entity, live, ver, anchors, feeds, els, vals, sources, times, updated)
WITH
    [{{numbers .Rule.Hashes}}]::Array(UInt32) AS hashes,
    [{{list .Rule.Feeds}}] AS names,
    [{{numbers .Rule.Leads}}]::Array(UInt16) AS leads,
    [{{numbers .Rule.Lists}}]::Array(UInt16) AS lists,
    [{{numbers .Rule.Ranks}}]::Array(UInt8) AS ranks
SELECT entity, entity AS e, 1, {{.Cycle}}, anchors, arrayMap(o -> names[o], arraySort(feeds)) AS feeds,
    arrayMap(k -> toUInt16(bitAnd(k, 4095)), won) AS els, vals, arrayMap(p -> hashes[ordinals[p]], claims) AS sources, arrayMap(p -> stamps[p], claims) AS times, updated
FROM
(
    SELECT entity, anchors, feeds, updated, arraySort((o, x) -> x, o, ties) AS ordinals, arraySort((t, x) -> x, t, ties) AS stamps,
        arraySort((x, k) -> k, v, keys) AS sorted, arraySort(keys) AS ordered,
        arrayFill((k, before) -> bitShiftRight(k, 52) != bitShiftRight(before, 52), ordered, arrayResize(arrayPushFront(arrayPopBack(ordered), 0), length(ordered))) AS heads,
        arrayMap((k, head) -> bitShiftRight(k, 12) = bitShiftRight(head, 12) AND bitAnd(bitShiftRight(k, 44), 255) != 255 AND bitShiftRight(k, 52) != 0, ordered, heads) AS wins,
        arrayFilter((x, w) -> w, sorted, wins) AS vals, arrayFilter((k, w) -> w, ordered, wins) AS won, arrayMap(k -> bitAnd(bitShiftRight(k, 12), 4294967295), won) AS claims
    FROM
    (
        SELECT entity, anchors, feeds, updated, v, o, t, ties,
            arraySort((i, x) -> x, arrayEnumerate(ties), ties) AS by,
            arraySort((i, x) -> x, arrayEnumerate(by), by) AS places,
            arrayMap((k, p) -> bitOr(k, bitShiftLeft(p, 12)), ks, arrayFlatten(arrayMap((n, p) -> arrayWithConstant(n, toUInt64(p)), ns, places))) AS keys
        FROM
        (
            SELECT{{if .Members}} entity, arraySort(groupUniqArray(anchor)) AS anchors,{{else}} anchor AS entity, [anchor] AS anchors,{{end}} groupUniqArray(ordinal) AS feeds, max(event_time) AS updated,
                groupArray(tie) AS ties, groupArray(ordinal) AS o, groupArray(toUnixTimestamp64Milli(event_time)) AS t, groupArray(length(els)) AS ns, groupArrayArray(rough) AS ks, groupArrayArray(vals) AS v
            FROM
            (
                SELECT{{if .Members}} if(m.entity = toUUID('00000000-0000-0000-0000-000000000000'), c.anchor, m.entity) AS entity, c.anchor AS anchor,{{else}} anchor,{{end}} tie, ordinal, event_time, els, vals,
                    arrayMap(n -> bitOr(bitOr(bitShiftLeft(toUInt64(leads[n]), 52), bitShiftLeft(toUInt64(ranks[lists[n] * {{len .Rule.Feeds}} + ordinal]), 44)), toUInt64(n)), els) AS rough
                FROM
                (
                    SELECT anchor, toUInt16(transform(feed, [{{list .Rule.Feeds}}], [{{numbers .Rule.Ordinals}}], 0)) AS ordinal, event_time, els, vals,
                        {{template "tie" .}}
                    FROM {{template "live claims" .}}
                    WHERE op = 'assert' AND feed IN ({{list .Rule.Feeds}}) AND {{template "live" .}}{{if or .All perShard}}
                        AND anchor {{if not .Members}}NOT {{end}}IN (SELECT anchor FROM {{from .MemberTable}} WHERE library = {{text .Library}} AND {{template "scope" .}}){{end}}
                ) AS c{{if .Members}}
                LEFT JOIN (SELECT anchor, entity FROM {{from .MemberTable}} FINAL WHERE library = {{text .Library}} AND {{template "scope" .}}) AS m ON c.anchor = m.anchor{{end}}
            )
            GROUP BY {{if .Members}}entity{{else}}anchor{{end}}
        )
    )
)
SETTINGS optimize_aggregation_in_order = {{if .Members}}0{{else}}1, aggregation_in_order_max_block_bytes = 4000000{{if .All}}, max_block_size = 16384, min_insert_block_size_bytes = 134217728{{end}}{{end}}
{{- end}}
