-- Organisations where they work: by their own coordinates, else by their address.
INSERT INTO {{into "space.organisation"}} (ver, entity, division, lon, lat, mx, my, h3, confidence, industry, founded, ended, employees)
SELECT {{.Version}}, entity, d, lon, lat, if(confidence = 0, 0, {{template "space-mx"}}), if(confidence = 0, 0, {{template "space-my"}}), if(confidence = 0, 0, {{template "space-h3"}}),
    confidence, industry, founded, ended, employees
FROM
(
    SELECT r.*, {{template "space-located"}}
    FROM
    (
        SELECT entity, ifNull(division, '') AS d, {{template "space-plain" .Street}} AS s, {{template "space-plain" .Address}} AS rest,
            {{template "space-house" "rest"}} AS house, {{template "space-number" "rest"}} AS number, {{template "space-keys"}},
            {{.Longitude}} IS NOT NULL AND {{.Latitude}} IS NOT NULL AS own, ifNull({{.Longitude}}, 0.) AS own_lon, ifNull({{.Latitude}}, 0.) AS own_lat,
            {{.Industry}} AS industry, {{.Founded}} AS founded, {{.Ended}} AS ended, {{.Employees}} AS employees
        FROM base.organisation
    ) AS r{{template "space-joins" .}}
)
