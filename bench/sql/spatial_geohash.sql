-- A geohash of six signs is a square of 2^15 by 2^15: points are counted by its number, and only what may be among the fullest is written out.
SELECT geohashEncode((bitShiftRight(square, 15) + 0.5) / 32768 * 360 - 180, (bitAnd(square, 32767) + 0.5) / 32768 * 180 - 90, 6) AS hash, n
FROM
(
    SELECT bitOr(bitShiftLeft(toUInt32((lon + 180) / 360 * 32768), 15), toUInt32((lat + 90) / 180 * 32768)) AS square, count() AS n
    FROM default.bench_point GROUP BY square ORDER BY n DESC LIMIT 100 WITH TIES
)
ORDER BY n DESC, hash LIMIT 100
