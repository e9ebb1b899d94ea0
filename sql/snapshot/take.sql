-- From now on the snapshot is the last one, as far as one page of it goes: only what differs leaves a row.
INSERT INTO {{into "snapshot.record"}} (feed, key, digest, live, run)
SELECT {{text .Feed}}, s.key, s.digest, 1, {{.Begin}} FROM {{template "snapshot changed" .}}
{{- if .Delete}}
;;
INSERT INTO {{into "snapshot.record"}} (feed, key, digest, live, run)
SELECT {{text .Feed}}, key, 0, 0, {{.Begin}} FROM {{template "snapshot deleted" .}}
{{- end}}
