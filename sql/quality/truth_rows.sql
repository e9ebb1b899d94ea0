-- Every live entity of a library with the hash of each element's value, written as demo.Fact writes it (0: none), and of the feed
-- that gave it. No value leaves the engine.
SELECT entity, [{{range $i, $c := .Columns}}{{if $i}}, {{end}}sources[indexOf(els, {{$c.Number}})]{{end}}] AS from, [{{range $i, $c := .Columns}}{{if $i}}, {{end}}ifNull(xxHash64({{$c.Text}}), 0){{end}}] AS hashes
FROM {{from (print "resolve." .Library)}} FINAL
WHERE live = 1
