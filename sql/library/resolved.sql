-- Base rows of one library by anchor: at an entity's own anchor its values, at its other anchors a tombstone that names the
-- entity they belong to now. The highest (epoch, cycle) counts. els, vals, sources and times run parallel: number of the element (see
-- claims), its value as text, hash of the winning feed's name, event time of the winning claim. The typed columns are worked out when
-- they are read: a scan of two of them costs three times what stored ones would, a row a third. Small granules, because lookups
-- and cycles read scattered rows. named finds who holds a number of 18 characters, which those of people and organisations have: two
-- hundredths of the disk, and a question for one number reads a hundredth of the granules.
{{table .Target "cityHash64(anchor)"}}
(
    anchor   UUID,
    entity   UUID,
    live     UInt8,
    ver      UInt64,
    anchors  Array(UUID),
    feeds    Array(LowCardinality(String)),
    els      Array(UInt16),
    vals     Array(String),
    sources  Array(UInt32),
    times    Array(Int64),
    updated  DateTime64(3, 'UTC'){{template "typed elements" .}}{{if not .Work}},
    INDEX named arrayFilter(v -> length(v) = 18, vals) TYPE bloom_filter(0.01) GRANULARITY 1{{end}}
)
ENGINE = {{replacing "ver"}}{{if .Work}} PARTITION BY ver{{end}} ORDER BY anchor
SETTINGS index_granularity = {{if .Work}}2048{{else}}128{{end}}, min_bytes_for_wide_part = 100000000000, min_parts_to_merge_at_once = 8
