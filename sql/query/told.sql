-- How far departments were told of what was refused: by topic, partition and revision of the mapping the first offset that was not looked at.
SELECT topic, partition, revision, max(next) FROM {{from "quality.told"}} GROUP BY topic, partition, revision
