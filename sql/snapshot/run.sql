-- One snapshot with what became of it.
INSERT INTO {{into "snapshot.run"}} (feed, run, until, name, declared, records, refused, changed, deleted, why, at, part, until_part)
SELECT {{text .Feed}}, {{.Begin}}, {{.Until}}, {{text .Name}}, {{.Declared}}, {{.Records}}, {{.Refused}}, {{.Changed}}, {{.Deleted}}, {{text .Why}}, fromUnixTimestamp64Milli({{.At}}, 'UTC'), {{.BeginPart}}, {{.UntilPart}}
