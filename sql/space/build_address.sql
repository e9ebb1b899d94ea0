-- Standard addresses, by what an address may be looked up with. Several places under one key give their middle.
INSERT INTO {{into "space.address"}} (ver, level, key, lon, lat, n)
SELECT {{.Version}}, k.1 AS level, k.2 AS key, avg(lon), avg(lat), count()
FROM
(
    SELECT assumeNotNull(longitude) AS lon, assumeNotNull(latitude) AS lat, ifNull(division, '') AS d, ifNull(street, '') AS s,
        {{template "space-plain" "ifNull(address, '')"}} AS whole,
        if(s != '' AND position(whole, s) > 0, substring(whole, position(whole, s) + length(s)), '') AS rest,
        {{template "space-house" "rest"}} AS house, {{template "space-number" "rest"}} AS number,
        arrayFilter(x -> x.2 != 0, [
            (95, if(house = '', 0, cityHash64(d, s, house))),
            (80, if(number = '', 0, cityHash64(d, s, number))),
            (50, if(s = '', 0, cityHash64(d, s))),
            (20, if(d = '', 0, cityHash64(d)))]) AS keys
    FROM base.place
    WHERE longitude IS NOT NULL AND latitude IS NOT NULL AND address_code IS NOT NULL
)
ARRAY JOIN keys AS k
GROUP BY level, key
