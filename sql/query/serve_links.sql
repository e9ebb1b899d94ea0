-- Who holds these values in these elements, at most so many of each: a read by primary key of the index of references. What held a value
-- before may be among them: the reader looks at what they hold now.
SELECT library, element, entity
FROM
(
    SELECT DISTINCT toString(library) AS library, toString(element) AS element, hash, entity
    FROM {{from "quality.reference"}}
    WHERE (library, element, hash) IN
    (
        SELECT w.1, w.2, cityHash64(w.3)
        FROM (SELECT arrayJoin(arrayZip({libraries:Array(String)}, {elements:Array(String)}, {values:Array(String)})) AS w)
    )
)
ORDER BY library, element, hash, entity
LIMIT {limit:UInt64} BY library, element, hash
