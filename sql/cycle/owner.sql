INSERT INTO {{into "resolve.owner"}} (library, epoch, instance, taken) SELECT {{text .Library}}, {{.Epoch}}, {{text .Instance}}, fromUnixTimestamp64Milli({{.Taken}})
