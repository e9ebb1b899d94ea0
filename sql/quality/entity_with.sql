-- Base records that break a rule together with records of other libraries. Each side is filtered by what concerns it alone before
-- they meet; of a few changed records the other side is found by the index of references.
INSERT INTO {{into "quality.broken"}} (library, run, rule, element, entity, anchor, other)
SELECT {{text .Library}}, {{.Run}}, {{text .Rule.Code}}, {{text .Rule.Element}}, entity, arrayJoin(anchors), {{(index .Rule.With 0).As}}__entity
FROM
(
    SELECT *
    FROM
    (
        SELECT anchor AS entity, anchors, updated{{range .Rule.With}}, assumeNotNull(CAST({{ident .Is}}, 'Nullable(String)')) AS {{.As}}__is{{end}}{{range .Rule.Elements}}, {{ident .}}{{end}}
        FROM {{from .Base}} FINAL
        WHERE live = 1 AND {{template "looked at" .}}{{range .Rule.With}} AND isNotNull({{ident .Is}}){{end}}{{template "all of" .Rule.Own}}
    ) AS own{{range $w := .Rule.With}}
    INNER JOIN
    (
        SELECT * FROM (SELECT anchor AS {{$w.As}}__entity, updated AS {{$w.As}}__updated, assumeNotNull(CAST({{ident $w.Element}}, 'Nullable(String)')) AS {{$w.As}}__key{{range $w.Elements}}, {{ident .}} AS {{ident (print $w.As "__" .)}}{{end}}
        FROM {{from $w.Base}} FINAL
        WHERE live = 1 AND isNotNull({{ident $w.Element}}){{if not $.All}} AND anchor IN
            (
                SELECT entity FROM {{from "quality.reference"}}
                WHERE library = {{text $w.Library}} AND element = {{text $w.Element}} AND hash IN
                    (SELECT cityHash64(assumeNotNull(CAST({{ident $w.Is}}, 'Nullable(String)'))) FROM {{from (print "resolve." $.Library)}} FINAL WHERE live = 1 AND isNotNull({{ident $w.Is}}) AND {{template "looked at" $}})
            ){{end}})
        WHERE 1{{template "all of" $w.Own}}
    ) AS {{$w.As}} ON own.{{$w.As}}__is = {{$w.As}}.{{$w.As}}__key{{end}}
    WHERE 1{{template "all of" .Rule.Cross}}
    ORDER BY entity{{range .Rule.With}}, {{.As}}__entity{{end}}
    LIMIT 1 BY entity
)
