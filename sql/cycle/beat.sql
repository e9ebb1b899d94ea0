-- This process is there, or has ended well.
INSERT INTO {{into "resolve.beat"}} (instance, seen, ended) SELECT {{text .Instance}}, now64(3), {{if .Ended}}1{{else}}0{{end}}
