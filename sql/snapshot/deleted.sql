{{define "snapshot deleted" -}}
{{from "snapshot.record"}} FINAL
WHERE {{template "snapshot untaken" .}} AND feed = {{text .Feed}} AND live = 1 AND {{template "snapshot bucket" .}}
  AND key NOT IN (SELECT key FROM {{from "snapshot.message"}} WHERE {{template "snapshot span" .}} AND kind IN (3, 4) AND key != '' AND {{template "snapshot bucket" .}})
{{- end -}}
-- Records that the last snapshot had and this one has not, of those that the page's number stands for.
SELECT key FROM {{template "snapshot deleted" .}} ORDER BY key
