-- Nonces of signed calls, as hashes with the id of the key: a call that any process has noted is good in no other. process: who noted it.
{{table "access.nonce" "cityHash64(id)"}}
(
    id      UUID,
    process UUID,
    at      DateTime64(3, 'UTC')
)
ENGINE = {{replacing ""}} ORDER BY (id, process) TTL toDateTime(at) + INTERVAL 1 HOUR
