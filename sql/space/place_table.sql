-- Places of one version, with every element that is open. The catalogue shapes the table, so it is no migration.
{{table "space.place" "cityHash64(entity)"}}
(
    ver      UInt64,
    entity   UUID,
    area     LowCardinality(String),
    lon      Float64,
    lat      Float64,
    mx       UInt32,
    my       UInt32,
    h3       UInt64,
    west     Float64,
    south    Float64,
    east     Float64,
    north    Float64,
    wkt      String CODEC(ZSTD(1)),
    geom     MultiPolygon CODEC(ZSTD(1)),
    changed  DateTime64(3, 'UTC')
)
ENGINE = {{plain}} PARTITION BY ver ORDER BY (area, mortonEncode(mx, my), entity)
SETTINGS index_granularity = 1024{{range .Elements}}
;;
ALTER TABLE {{local "space.place"}}{{onCluster}} ADD COLUMN IF NOT EXISTS {{ident .Name}} {{.ClickHouse}}{{if sharded}}
;;
ALTER TABLE space.place{{onCluster}} ADD COLUMN IF NOT EXISTS {{ident .Name}} {{.ClickHouse}}{{end}}{{end}}
