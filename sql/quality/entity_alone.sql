-- Base records that break a rule by themselves: one scan for many such rules of a library. Elements are
-- expressions over a row's texts: inside they are made once, not once a rule.
INSERT INTO {{into "quality.broken"}} {{if not .Divisions}}{{perShard}}{{end}} (library, run, rule, element, entity, anchor, other)
SELECT {{text .Library}}, {{.Run}}, ([{{range $i, $r := .Some}}{{if $i}}, {{end}}{{text $r.Code}}{{end}}])[n], ([{{range $i, $r := .Some}}{{if $i}}, {{end}}{{text $r.Element}}{{end}}])[n],
    entity, arrayJoin(anchors), toUUID('00000000-0000-0000-0000-000000000000')
FROM
(
    SELECT anchor AS entity, anchors, arrayJoin(arrayFilter(x -> x != 0, [{{range $i, $r := .Some}}{{if $i}}, {{end}}
        toUInt16(if({{template "expr" $r.Broken}}, {{$r.Place}}, 0)){{end}}])) AS n
    FROM
    (
        SELECT anchor, anchors, updated{{range .Named}}, {{ident .}}{{end}}
        FROM {{from .Base}} FINAL
        WHERE live = 1 AND {{template "looked at" .}}
    )
)
