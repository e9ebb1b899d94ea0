-- Digests of values by 256 buckets of the entity: order does not matter, and a sum (not an XOR) notices pairs. Elements go in by name:
-- their numbers are of this engine.
SELECT bucket, count() AS entities, sum(h) AS digest
FROM
(
    SELECT toUInt8(bitShiftRight(sipHash64(anchor), 56)) AS bucket,
        sipHash128(toString((anchor, anchors, feeds, arraySort(arrayMap((e, v, s, t) -> ([{{list .Rule.Names}}][e], v, s, t), els, vals, sources, times))))) AS raw,
        reinterpretAsUInt128(raw) AS h
    FROM {{from .Target}} FINAL
    WHERE live
)
GROUP BY bucket
ORDER BY bucket
