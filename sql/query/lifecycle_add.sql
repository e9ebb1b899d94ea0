-- A step of a feed's life.
INSERT INTO {{into "quality.lifecycle"}} (feed, stage, at, by, records, digest, note)
SELECT {{text .Feed}}, {{text .Stage}}, fromUnixTimestamp64Milli({{.At}}), {{text .By}}, {{.Records}}, {{text .Digest}}, {{text .Note}}
