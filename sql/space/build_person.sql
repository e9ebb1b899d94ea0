-- People where they live. A household is the register's, else the address; without either, a person is one alone.
INSERT INTO {{into "space.person"}} (ver, entity, division, lon, lat, mx, my, h3, confidence, sex, born, died, household)
SELECT {{.Version}}, entity, d, lon, lat, if(confidence = 0, 0, {{template "space-mx"}}), if(confidence = 0, 0, {{template "space-my"}}), if(confidence = 0, 0, {{template "space-h3"}}),
    confidence, sex, born, died, household
FROM
(
    SELECT r.*, {{template "space-located"}}
    FROM
    (
        SELECT entity, ifNull(division, '') AS d, {{template "space-plain" .Street}} AS s, {{template "space-plain" .Address}} AS rest,
            {{template "space-house" "rest"}} AS house, {{template "space-number" "rest"}} AS number, {{template "space-keys"}},
            0 AS own, 0. AS own_lon, 0. AS own_lat,
            {{.Sex}} AS sex, {{.Born}} AS born, {{.Died}} AS died, {{.Household}} AS household
        FROM base.person
    ) AS r{{template "space-joins" .}}
)
