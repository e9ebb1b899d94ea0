{{define "snapshot span"}}feed = {{text .Feed}} AND (offset, part) > ({{.Begin}}, {{.BeginPart}}) AND (offset, part) < ({{.End}}, {{.EndPart}}){{end -}}
{{/* A snapshot is compared page by page, so that the engine's memory does not grow with it: what differs by places, what is missing by a hash of the key. */ -}}
{{define "snapshot page"}}{{template "snapshot span" .}} AND offset >= {{.From}} AND offset < {{.Upto}}{{end -}}
{{define "snapshot bucket"}}cityHash64(key) % {{.Pages}} = {{.Page}}{{end -}}
{{define "snapshot undone"}}(SELECT count() FROM {{from "snapshot.run"}} WHERE feed = {{text .Feed}} AND run = {{.Begin}} AND part = {{.BeginPart}}) = 0{{end -}}
{{/* Whether what is staged of the snapshot is what was looked at, and nobody has dealt with it. */ -}}
{{define "snapshot untaken"}}((SELECT count() FROM {{from "snapshot.message"}} FINAL WHERE {{template "snapshot span" .}} AND kind IN (3, 4, 9)) = {{.Waiting}} AND {{template "snapshot undone" .}}){{end -}}
{{define "snapshot ledger"}}topic = {{text .Topic}} AND partition = 0 AND revision = {{.Revision}} AND offset < {{.End}} AND until > {{.Begin}}{{end -}}
-- What stands between the marks of one snapshot: records, refused ones, refused ones whose key is unknown, erased ones, different keys, and
-- records that name another snapshot. And what does not stand there: offsets that the broker had no more, and messages that went to
-- quarantine without being staged, since they crashed the mapping.
SELECT countIf(kind = 3), countIf(kind = 4), countIf(kind = 4 AND key = ''), countIf(kind = 9), uniqExactIf(key, key != ''), countIf(run != '' AND run != {{text .Name}}),
    (SELECT toUInt64(sum(least(until + 1, {{.End}}) - greatest(offset, {{.Begin}} + 1))) FROM {{from "ledger.message"}} FINAL WHERE {{template "snapshot ledger" .}} AND outcome = 'gap'),
    (SELECT uniqExact(offset) FROM {{from "ledger.message"}} FINAL WHERE {{template "snapshot ledger" .}} AND outcome = 'quarantined' AND offset NOT IN (SELECT offset FROM {{from "snapshot.message"}} WHERE {{template "snapshot span" .}}))
FROM {{from "snapshot.message"}} FINAL
WHERE {{template "snapshot span" .}} AND kind IN (3, 4, 9)
