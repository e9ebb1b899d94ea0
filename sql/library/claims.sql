{{/* An element's typed column, read from what the row says: the text of the element with its number, nothing as NULL. */ -}}
{{define "typed value"}}CAST(nullIf(vals[indexOf(els, {{.Number}})], ''), {{text .ClickHouse}}){{end -}}
{{define "typed elements"}}{{range .Elements}},
    {{ident .Name}} {{.ClickHouse}} ALIAS {{template "typed value" .}}{{end}}{{end -}}
-- Claims of one library: everything that every version of every record ever said, by anchor. See entity/claim.go.
-- A row keeps only the elements that it says something of: their numbers ascending (els) and beside them their values as text (vals). A
-- claim speaks of a dozen of a library's seventy elements, and what a row costs, when it is written and most of all when a few thousand
-- scattered ones are read, is columns (docs/decisions/0012). The typed columns are worked out when they are read.
{{table (print "claims." .Name) "cityHash64(anchor)"}}
(
    anchor       UUID,
    feed         LowCardinality(String),
    key          String,
    role         String,
    ver          UInt128,
    op           Enum8('assert' = 1, 'alias' = 2, 'gone' = 3, 'stay' = 4),
    strength     UInt8,
    also         Array(UUID),
    since        UInt128,
    event_time   DateTime64(3, 'UTC'),
    topic        LowCardinality(String),
    partition    UInt32,
    offset       UInt64,
    received     DateTime64(3, 'UTC'),
    digest       UInt64,
    tier         LowCardinality(String),
    jurisdiction LowCardinality(String),
    els          Array(UInt16),
    vals         Array(String){{template "typed elements" .}}
)
ENGINE = {{replacing ""}} ORDER BY (anchor, feed, key, role, ver, op, since)
SETTINGS index_granularity = 128, min_bytes_for_wide_part = 100000000000, min_parts_to_merge_at_once = 8
