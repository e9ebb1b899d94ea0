-- Feeds that have any claim in the library, or among what the cycle touches.
SELECT DISTINCT toString(feed) FROM {{template "live claims" .}} WHERE op = 'assert'{{if not .All}} AND {{template "live" .}}{{end}}
