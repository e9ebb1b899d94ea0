-- How far a feed's points lie from those that other feeds give of the same places: the median shift to the east and north in metres, of
-- how many places, how many of them in millionths lie within a fifth of it, and where about that is.
SELECT feed, n, dx, dy, toUInt64(1000000 * arrayCount(p -> sqrt(pow(p.1 - dx, 2) + pow(p.2 - dy, 2)) < 0.2 * sqrt(pow(dx, 2) + pow(dy, 2)), shifts) / length(shifts)), lon, lat
FROM
(
    SELECT feed, count() AS n, median(x) AS dx, median(y) AS dy, groupArray(10000)((x, y)) AS shifts, median(blon) AS lon, median(blat) AS lat
    FROM
    (
        SELECT point.1 AS feed, arrayFilter(p -> p.1 != point.1, points) AS others, arrayAvg(arrayMap(p -> p.2, others)) AS blon, arrayAvg(arrayMap(p -> p.3, others)) AS blat,
            (point.2 - blon) * cos(blat * pi() / 180) * 111320 AS x, (point.3 - blat) * 111320 AS y
        FROM
        (
            SELECT groupUniqArray((toString(feed), assumeNotNull(longitude), assumeNotNull(latitude))) AS points
            FROM {{from "claims.place"}}
            WHERE op = 'assert' AND isNotNull(longitude) AND isNotNull(latitude)
            GROUP BY anchor
            HAVING uniqExact(feed) > 1
        )
        ARRAY JOIN points AS point
    )
    GROUP BY feed
)
ORDER BY feed
