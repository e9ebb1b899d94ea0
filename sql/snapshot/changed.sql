{{define "snapshot changed" -}}
(SELECT key, digest, offset, part, value FROM {{from "snapshot.message"}} FINAL WHERE {{template "snapshot page" .}} AND kind = 3) AS s
LEFT JOIN
(
    SELECT key, digest, live FROM {{from "snapshot.record"}} FINAL
    WHERE feed = {{text .Feed}} AND key IN (SELECT key FROM {{from "snapshot.message"}} WHERE {{template "snapshot page" .}} AND kind = 3)
) AS r ON s.key = r.key
WHERE {{template "snapshot untaken" .}} AND (r.live = 0 OR r.digest != s.digest)
{{- end -}}
-- Records of one page of a snapshot that differ from the last one that was taken.
SELECT s.key, s.value, s.offset FROM {{template "snapshot changed" .}} ORDER BY s.offset, s.part
