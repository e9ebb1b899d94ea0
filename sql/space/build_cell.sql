-- How many of each theme live in a cell of resolution 8. What is located no better than by its division is in no cell.
INSERT INTO {{into "space.cell"}} (ver, theme, cell, n)
SELECT {{.Version}}, 'people', h3 AS cell, count() FROM {{from "space.person"}} WHERE ver = {{.Version}} AND confidence >= {{.Least}} AND died = toDate32('1900-01-01') GROUP BY cell
UNION ALL
SELECT {{.Version}}, 'households', h3 AS cell, uniqExact(household) FROM {{from "space.person"}} WHERE ver = {{.Version}} AND confidence >= {{.Least}} AND died = toDate32('1900-01-01') GROUP BY cell
UNION ALL
SELECT {{.Version}}, 'employers', h3 AS cell, count() FROM {{from "space.organisation"}} WHERE ver = {{.Version}} AND confidence >= {{.Least}} AND ended = toDate32('1900-01-01') GROUP BY cell
