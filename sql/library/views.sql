-- What readers see of a library: one row an entity, one typed column an element. Storage stays behind it; nobody needs FINAL.
CREATE OR REPLACE VIEW base.{{.Name}}{{onCluster}} SQL SECURITY DEFINER AS
SELECT
    b.anchor AS entity{{range .Elements}},
    b.{{ident .Name}} AS {{ident .Name}}{{end}},
    {{if ne .Division "division"}}{{if .Division}}b.{{ident .Division}}{{else}}CAST(NULL, 'Nullable(String)'){{end}} AS division,
    {{end}}    b.feeds AS feeds,
    d.elements AS doubted,
    b.updated AS updated
FROM (SELECT anchor, feeds, updated{{range .Elements}}, {{ident .Name}}{{end}} FROM {{from (print "resolve." .Name)}} FINAL WHERE live = 1) AS b
LEFT JOIN
(
    SELECT entity, arraySort(groupUniqArrayIf(toString(element), element != '')) AS elements
    FROM {{from "quality.state"}} FINAL
    WHERE library = {{text .Name}} AND open = 1
    GROUP BY entity
) AS d ON b.anchor = d.entity
;;
-- What planners see: {{if .OpenCube}}counts by {{range .OpenCube}}{{.}} {{end}}; cells under 10 are left out and the others rounded to 5, so that
-- no cell and no difference of two shows a person.{{else}}the elements that are nobody's personal data.{{end}}
CREATE OR REPLACE VIEW open.{{.Name}}{{onCluster}} SQL SECURITY DEFINER AS
{{- if .OpenCube}}
SELECT {{range .OpenCube}}{{ident .}}, {{end}}toUInt64(round(count() / 5) * 5) AS count
FROM base.{{.Name}}
GROUP BY {{names .OpenCube}}
HAVING count() >= 10
{{- else}}
SELECT entity{{range .OpenRows}}, {{ident .}}{{end}}, updated
FROM base.{{.Name}}
{{- end}}
