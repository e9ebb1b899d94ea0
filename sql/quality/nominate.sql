-- Entities of this library that hold the value of a related record that has changed, or held it when that record was looked at before.
INSERT INTO {{into "quality.touched"}} (library, run, anchor)
SELECT DISTINCT {{text .Library}}, {{.Run}}, entity
FROM {{from "quality.reference"}}
WHERE library = {{text .Library}} AND element = {{text .Is}} AND hash IN
(
    SELECT hash FROM {{from "quality.referred"}}
    WHERE library = {{text .Source}} AND element = {{text .Element}} AND entity IN (SELECT arrayJoin([entity, other]) FROM {{from "resolve.event"}} WHERE library = {{text .Source}} AND seq > {{.Since}} AND seq <= {{.Upto}})
)
