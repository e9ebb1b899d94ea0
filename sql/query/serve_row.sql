-- Base rows at anchors, for lookups: a read by primary key. Every version comes and the reader takes the newest, which is cheaper than
-- FINAL or a sort, and picks the elements: to pick four here costs the engine a third more than all the rest. A verification wants no
-- sources, times and anchors. The engine's newer analyzer looks at the expression of every typed column of the table before it
-- answers, which costs three times all the rest; this statement names none of them.
SELECT anchor, entity, live, ver, els, vals{{if not .Lean}}, anchors, feeds, updated, sources, times{{end}}
FROM {{from (print "resolve." .Library)}}
PREWHERE anchor IN {anchors:Array(UUID)}
SETTINGS enable_analyzer = 0
