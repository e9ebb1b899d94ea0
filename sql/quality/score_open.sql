-- Orders that were open at the cut, waived ones apart: how many values are found wrong.
SELECT toString(feed), toString(library), toString(element), toString(rule), toString(department), count()
FROM (SELECT * FROM {{from "quality.order_event"}} FINAL WHERE stamp <= {{.Stamp}} ORDER BY n DESC LIMIT 1 BY id)
WHERE state != 'closed'
GROUP BY feed, library, element, rule, department
ORDER BY feed, library, element, rule, department
