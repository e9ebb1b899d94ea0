-- Up to which offset (excluded) snapshots of a feed are dealt with, the time of their newest changes, and how many messages wait that are
-- dealt with already.
SELECT if(count() = 0, 0, max(until) + 1) AS done, toUnixTimestamp64Milli(max(at)) AS newest,
    (SELECT count() FROM {{from "snapshot.message"}} WHERE feed = {{text .Feed}} AND offset <= (SELECT max(until) FROM {{from "snapshot.run"}} WHERE feed = {{text .Feed}} HAVING count() > 0)) AS spent
FROM {{from "snapshot.run"}} WHERE feed = {{text .Feed}}
