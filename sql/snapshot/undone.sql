-- Whether nobody has dealt with the snapshot: then all that was staged of it is there, for it goes only after that.
SELECT toBool({{template "snapshot undone" .}})
