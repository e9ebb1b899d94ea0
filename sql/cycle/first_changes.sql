-- After a first load every live entity was created; nothing was published before, so the base rows are the list.
INSERT INTO {{into "resolve.change"}} {{perShard}} (library, cycle, entity, kind, elements, other)
SELECT {{text .Library}}, {{.Cycle}}, anchor, 'created', arrayMap(e -> [{{list .Rule.Names}}][e], els), toUUID('00000000-0000-0000-0000-000000000000')
FROM {{from (print "resolve." .Library)}}
WHERE ver = {{.Cycle}} AND live
