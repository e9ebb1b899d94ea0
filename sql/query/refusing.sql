-- Feeds with an incident of one kind in the last day: the newest of each.
SELECT toString(feed), argMax(detail, at), max(at) AS newest FROM {{from "quality.incident"}} WHERE kind = {{text .Kind}} AND at >= now64(3) - toIntervalDay(1) GROUP BY feed ORDER BY feed
