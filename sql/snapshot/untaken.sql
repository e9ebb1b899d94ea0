-- Whether the snapshot may still be taken as it was looked at.
SELECT toBool({{template "snapshot untaken" .}})
