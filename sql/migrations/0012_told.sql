-- How far departments were told of what was refused of theirs, on their topics of refusals.
{{table "quality.told" "cityHash64(topic)"}}
(
    topic     LowCardinality(String),
    partition UInt32,
    revision  UInt32,
    next      UInt64
)
ENGINE = {{replacing "next"}} ORDER BY (topic, partition, revision)
