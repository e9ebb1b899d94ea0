-- Every living claim of a library by its record, and the entity that it counts for now.
SELECT if(r.entity = toUUID('00000000-0000-0000-0000-000000000000'), c.anchor, r.entity) AS entity, c.feed, c.key, c.role
FROM (SELECT anchor, feed, key, role FROM {{from (print "claims." .Library)}} WHERE op = 'assert' AND {{template "alive" .}}) AS c
LEFT JOIN (SELECT anchor, entity FROM {{from (print "resolve." .Library)}} FINAL) AS r ON c.anchor = r.anchor
