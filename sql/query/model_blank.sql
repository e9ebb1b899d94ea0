-- Models that are not in force any more tell nothing; that they were there is kept.
ALTER TABLE {{local "resolve.model"}}{{onCluster}} UPDATE model = '' WHERE library = {{text .Library}} AND id != toUUID({{text .ID}}) AND at < fromUnixTimestamp64Micro({{.At}}, 'UTC') AND model != '' SETTINGS mutations_sync = 2
