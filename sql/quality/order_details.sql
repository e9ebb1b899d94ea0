-- The newest finding of an order: what is wrong, and the message that it is about.
SELECT detail, toString(topic), partition, offset, received
FROM {{from "quality.finding"}} FINAL
WHERE (library, anchor, feed, key, role, element, rule) IN
    (SELECT library, anchor, feed, key, role, element, rule FROM {{from "quality.order_event"}} WHERE id = toUUID({{text .ID.String}}))
ORDER BY ver DESC LIMIT 1
