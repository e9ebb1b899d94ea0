-- Every work order as it is now, with whose it was when it was opened.
SELECT toString(library), toString(feed), key, role, toString(element), toString(rule), argMin(toString(department), n), argMax(toString(state), n), argMax(toString(outcome), n), argMax(round, n), argMax(entity, n) = {{template "nobody"}} AS refused
FROM {{from "quality.order_event"}} FINAL
GROUP BY id, library, feed, key, role, element, rule
