-- What is left of a feed: base records in which it still counts, records that were taken, all versions that are held, messages.
SELECT {{if .Libraries}}{{range $i, $l := .Libraries}}{{if $i}} + {{end}}(SELECT count() FROM (SELECT anchor FROM {{from (print "resolve." $l)}} FINAL WHERE live = 1 AND has(feeds, {{text $.Feed}}))){{end}}{{else}}0{{end}},
    (SELECT uniqExactIf(key, {{template "naming"}}) FROM {{from "ledger.record"}} WHERE feed = {{text .Feed}}),
    (SELECT count() FROM {{from "ledger.record"}} WHERE feed = {{text .Feed}}), (SELECT count() FROM {{from "ledger.message"}} WHERE feed = {{text .Feed}} AND outcome NOT IN ('control', 'aborted', 'gap'))
