-- When a process that may own libraries was last heard of. Processes that stand by look here before they take a library over.
{{table "resolve.beat" "cityHash64(instance)"}}
(
    instance String,
    seen     DateTime64(3, 'UTC'),
    ended    UInt8
)
ENGINE = {{replacing "seen"}} ORDER BY instance TTL toDateTime(seen) + INTERVAL 1 DAY
