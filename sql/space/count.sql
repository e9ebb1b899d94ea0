-- How many of a theme are in cells, by one split, as of the end of a day. The box of the cells comes first: it is the table's order.
SELECT {{if eq .Split "age"}}toString(if(age >= {{.Oldest}}, {{len .Ages}}, arrayFirstIndex(x -> age < x, [{{range $i, $b := .Ages}}{{if $i}}, {{end}}{{$b}}{{end}}]) - 1)){{else if eq .Split "sex"}}sex{{else if eq .Split "industry"}}industry{{else if eq .Split "division"}}division{{else}}''{{end}} AS part,
    {{if eq .Theme "households"}}uniqExact(household){{else if eq .Theme "employees"}}sum(employees){{else}}count(){{end}} AS n,
    {{if eq .Theme "employees"}}count(){{else}}n{{end}} AS units -- of employees: how many employers they are of, so that no employer's figure is shown
FROM
(
    SELECT *{{if .Person}}, dateDiff('day', born, toDate32({day:String})) / 365.2425 AS age{{end}}
    FROM {{from .Table}}
    WHERE ver = {version:UInt64}{{if .Boxed}}
        AND mx BETWEEN {x0:UInt32} AND {x1:UInt32} AND my BETWEEN {y0:UInt32} AND {y1:UInt32}
        AND confidence >= {{.Least}} AND {{if .Coarse}}h3ToParent(h3, {resolution:UInt8}){{else}}h3{{end}} IN {cells:Array(UInt64)}{{end}}
        AND {{if .Person}}born <= toDate32({day:String}) AND (died = toDate32('1900-01-01') OR died > toDate32({day:String})){{else}}founded <= toDate32({day:String}) AND (ended = toDate32('1900-01-01') OR ended > toDate32({day:String})){{end}}
)
GROUP BY part ORDER BY part
