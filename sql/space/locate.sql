{{/* The best location of a row with d, s, house and number: the finest key that a standard address has. */ -}}
{{define "space-keys"}}cityHash64(d, s, house) AS k95, cityHash64(d, s, number) AS k80, cityHash64(d, s) AS k50, cityHash64(d) AS k20{{end}}
{{define "space-located"}}multiIf(own, own_lon, a95.n > 0 AND house != '', a95.lon, a80.n > 0 AND number != '', a80.lon, a50.n > 0 AND s != '', a50.lon, a20.lon) AS lon,
        multiIf(own, own_lat, a95.n > 0 AND house != '', a95.lat, a80.n > 0 AND number != '', a80.lat, a50.n > 0 AND s != '', a50.lat, a20.lat) AS lat,
        toUInt8(multiIf(own, 100, a95.n > 0 AND house != '', 95, a80.n > 0 AND number != '', 80, a50.n > 0 AND s != '', 50, a20.n > 0, 20, 0)) AS confidence{{end}}
{{define "space-joins"}}{{$v := .Version}}{{range $level := .Levels}}
    LEFT ANY JOIN (SELECT key, lon, lat, n FROM {{from "space.address"}} WHERE ver = {{$v}} AND level = {{$level}}) AS a{{$level}} ON r.k{{$level}} = a{{$level}}.key{{end}}{{end}}
