-- The newest finding of an order: what is wrong, and the message that it is about.
SELECT detail, topic, partition, offset, received
FROM
(
    SELECT detail, toString(topic) AS topic, partition, offset, received, ver
    FROM {{from "quality.finding"}} FINAL
    WHERE (library, anchor, feed, key, role, element, rule) IN
        (SELECT library, anchor, feed, key, role, element, rule FROM {{from "quality.order_event"}} WHERE id = toUUID({{text .ID.String}}))
    UNION ALL
    SELECT detail, toString(topic), partition, offset, received, toUInt128(revision)
    FROM {{from "quality.quarantine"}} FINAL
    WHERE (feed, reason, partition, offset) IN
        (SELECT feed, rule, toUInt32(bitAnd(bitShiftRight(claim, 12), 4095)), toUInt64(bitShiftRight(claim, 24)) FROM {{from "quality.order_event"}} FINAL WHERE id = toUUID({{text .ID.String}}) AND entity = {{template "nobody"}} ORDER BY n DESC LIMIT 1)
)
ORDER BY ver DESC LIMIT 1
