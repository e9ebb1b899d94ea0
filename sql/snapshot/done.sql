-- Up to which place (excluded) snapshots of a feed are dealt with, the time of their newest changes, and how many messages wait that are
-- dealt with already.
WITH (SELECT max((until, toUInt32(until_part + 1))) FROM {{from "snapshot.run"}} WHERE feed = {{text .Feed}}) AS done
SELECT done.1, done.2, toUnixTimestamp64Milli(max(at)) AS newest,
    (SELECT count() FROM {{from "snapshot.message"}} WHERE feed = {{text .Feed}} AND (offset, part) < done) AS spent
FROM {{from "snapshot.run"}} WHERE feed = {{text .Feed}}
