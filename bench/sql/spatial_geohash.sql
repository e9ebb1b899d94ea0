SELECT geohashEncode(any(lon), any(lat), 6) AS hash, count() AS n FROM default.bench_point
GROUP BY bitShiftRight(mx, 17), toUInt16(floor((lat + 90) / 180 * 32768)) ORDER BY n DESC, hash LIMIT 100
