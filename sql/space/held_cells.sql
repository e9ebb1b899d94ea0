-- People by cells as they may be shown, for the indexes in memory.
SELECT id, toFloat64(people) AS figure, lon, lat, wkt FROM {{.Source}} AS cells
