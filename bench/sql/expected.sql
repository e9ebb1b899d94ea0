-- The entities that the claims make: of each record the newest version in the ledger says whether it lives and what it named; an
-- anchor whose record lives is an entity, or part of the one that resolve.member names.
SELECT toFloat64(uniqExact(if(m.entity = toUUID('00000000-0000-0000-0000-000000000000'), c.anchor, m.entity)))
FROM
(
    SELECT anchor, feed, key, ver FROM claims.{{.Library}} WHERE op = 'assert'
) AS c
INNER JOIN
(
    SELECT feed, key, max(ver) AS newest, argMax(outcome, ver) = 'claimed' AS alive
    FROM ledger.message WHERE outcome IN ('claimed', 'deleted')
    GROUP BY feed, key
) AS l ON c.feed = l.feed AND c.key = l.key AND c.ver = l.newest
LEFT JOIN (SELECT anchor, argMax(entity, ver) AS entity FROM resolve.member WHERE library = {{text .Library}} GROUP BY anchor) AS m ON c.anchor = m.anchor
WHERE l.alive
