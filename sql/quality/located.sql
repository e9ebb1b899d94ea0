-- Where a broken rule stands: at the claim that gives the base record its element, found as the rule finds it (rank, then the order
-- of claims). Where the element is empty, at the claim that would come first.
INSERT INTO {{into "quality.inspected"}} (library, run, entity, anchor, feed, key, role, ver, element, rule, against, received, other)
SELECT {{text .Library}}, {{.Run}}, b.entity, c.anchor, c.feed, c.key, c.role, c.ver, {{text .Element.Name}}, b.rule, '', c.received, b.other
FROM
(
    SELECT anchor, feed, key, role, ver, received, {{range $i, $e := .Element.Members}}{{if $i}} AND {{end}}isNull({{ident $e}}){{end}} AS empty,
        toUInt16(transform(feed, [{{list .Element.Feeds}}], [{{numbers .Element.Ranks}}], 255)) AS rank,
        toUInt16(transform(feed, [{{list .Element.Feeds}}], [{{numbers .Element.Ordinals}}], 0)) AS ordinal,
        {{template "tie" .}}
    FROM {{from (print "claims." .Library)}}
    WHERE op = 'assert' AND feed IN ({{list .Element.Feeds}})
        AND anchor IN (SELECT anchor FROM {{from "quality.broken"}} WHERE library = {{text .Library}} AND run = {{.Run}} AND element = {{text .Element.Name}})
        AND (anchor, feed, key, ver) IN
        (
            SELECT anchor, feed, key, max(ver) FROM {{from (print "claims." .Library)}}
            WHERE anchor IN (SELECT anchor FROM {{from "quality.broken"}} WHERE library = {{text .Library}} AND run = {{.Run}} AND element = {{text .Element.Name}})
            GROUP BY anchor, feed, key
        )
) AS c
INNER JOIN (SELECT anchor, entity, rule, any(other) AS other FROM {{from "quality.broken"}} WHERE library = {{text .Library}} AND run = {{.Run}} AND element = {{text .Element.Name}} GROUP BY anchor, entity, rule) AS b ON c.anchor = b.anchor
ORDER BY c.empty, c.rank, c.tie
LIMIT 1 BY b.entity, b.rule
