-- Base rows at anchors, for lookups: a read by primary key. Every version comes and the reader takes the newest, which is cheaper than
-- FINAL or a sort. sources and times run parallel to all elements; those of a row older than its newest column are short. A
-- verification wants no sources, times and anchors: they are most of a row's bytes.
SELECT anchor, entity, live, ver{{if not .Lean}}, anchors, feeds, updated, sources, times{{end}}
    {{- range .Columns}}, CAST({{ident .Name}}, 'Nullable(String)'){{end}}
FROM {{from (print "resolve." .Library)}}
PREWHERE anchor IN {anchors:Array(UUID)}
