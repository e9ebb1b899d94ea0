{{/* Where a longitude and a latitude stand in the frame of map tiles, and in H3. Nulls and places off the map give 0. */ -}}
{{define "space-mx"}}toUInt32(greatest(0., least(4294967295., floor((lon + 180) / 360 * 4294967296)))){{end}}
{{define "space-my"}}toUInt32(greatest(0., least(4294967295., floor((1 - log(tan(lat * pi() / 360 + pi() / 4)) / pi()) / 2 * 4294967296)))){{end}}
{{define "space-h3"}}geoToH3(lat, lon, 8){{end}}
{{/* The keys of an address: the house ("185号兰馨苑31幢"), the number ("185号"). Full-width digits are digits. Rooms and floors do not count. */ -}}
{{define "space-plain"}}translateUTF8({{.}}, '０１２３４５６７８９－　', '0123456789- '){{end}}
{{define "space-house"}}extract({{.}}, '^(.*?[0-9A-Za-z]+(?:幢|栋|号楼|座))'){{end}}
{{define "space-number"}}extract({{.}}, '^([0-9]+(?:-[0-9]+)?号)'){{end}}
