-- Cycles of earlier owners whose work lists are still there: they died before they could drop them.
SELECT DISTINCT cycle FROM
(
    SELECT cycle FROM {{from "resolve.touched"}} WHERE library = {{text .Library}}
    UNION ALL SELECT cycle FROM {{from "resolve.touched_record"}} WHERE library = {{text .Library}}
    UNION ALL SELECT cycle FROM {{from "resolve.touched_link"}} WHERE library = {{text .Library}}
    UNION ALL SELECT cycle FROM {{from "resolve.owned"}} WHERE library = {{text .Library}}
    UNION ALL SELECT cycle FROM {{from "resolve.superseded"}} WHERE library = {{text .Library}} AND cycle != 1
    UNION ALL SELECT ver AS cycle FROM {{from (print "resolve.next_" .Library)}}
    UNION ALL SELECT cycle FROM {{from (print "resolve.near_" .Library)}}
)
WHERE bitShiftRight(cycle, 32) < {{.Epoch}}
