-- The western edges at which shapes of some kinds part into bands of about as many each.
SELECT CAST(quantiles({{range $i, $q := .Parts}}{{if $i}}, {{end}}{{$q}}{{end}})(west), 'Array(Float64)') AS edges FROM {{from "space.place"}}
WHERE ver = {version:UInt64} AND notEmpty(geom) AND area IN {areas:Array(String)}
