{{/* The id of a work order: a keyed hash of what it is about. Without the key nobody finds a record's key by trying. */ -}}
{{define "order id"}}reinterpretAsUUID(sipHash128Keyed((toUInt64({{index .Secret 0}}), toUInt64({{index .Secret 1}})), toString(library), toString(feed), key, role, toString(element), toString(rule))){{end}}
{{define "order columns"}}id, n, action, by, note, at, stamp, library, feed, key, role, element, rule, entity, anchor, claim, severity, state, stage, round, department, authority, level, due, opened, closed, outcome{{end}}
{{define "nobody"}}toUUID('00000000-0000-0000-0000-000000000000'){{end}}
