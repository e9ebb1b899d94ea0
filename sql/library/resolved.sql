-- Base rows of one library by anchor: at an entity's own anchor its values, at its other anchors a tombstone that names the
-- entity they belong to now. The highest (epoch, cycle) counts. sources and times run parallel to the elements' order in
-- the catalogue revision of the row: hash of the winning feed's name (0: no value) and its event time. Small granules, because
-- lookups read scattered rows: with 256 rows a thousand of them cost an eighth of what they cost with 2048, for a fifth more disk.
{{table .Target "cityHash64(anchor)"}}
(
    anchor   UUID,
    entity   UUID,
    live     UInt8,
    ver      UInt64,
    anchors  Array(UUID),
    feeds    Array(LowCardinality(String)),
    sources  Array(UInt32),
    times    Array(Int64),
    updated  DateTime64(3, 'UTC'){{range .Elements}},
    {{ident .Name}} {{.ClickHouse}}{{end}}
)
ENGINE = {{replacing "ver"}}{{if .Work}} PARTITION BY ver{{end}} ORDER BY anchor
SETTINGS index_granularity = {{if .Work}}2048{{else}}256{{end}}, min_bytes_for_wide_part = 100000000000, min_parts_to_merge_at_once = 8
