INSERT INTO {{into "quality.attestation"}} (feed, at, mapping, source, library, ranges, missing, altered, surplus)
SELECT {{text .Feed}}, fromUnixTimestamp64Milli({{.At}}), {{text .Mapping}}, {{.Source}}, {{.Library}}, {{.Ranges}}, {{.Missing}}, {{.Altered}}, {{.Surplus}}
