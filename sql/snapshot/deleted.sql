{{define "snapshot deleted" -}}
{{from "snapshot.record"}} FINAL
WHERE {{template "snapshot untaken" .}} AND feed = {{text .Feed}} AND live = 1 AND key NOT IN (SELECT key FROM {{from "snapshot.message"}} WHERE {{template "snapshot span" .}} AND kind IN (3, 4) AND key != '')
{{- end -}}
-- Records that the last snapshot had and this one has not.
SELECT key FROM {{template "snapshot deleted" .}} ORDER BY key
