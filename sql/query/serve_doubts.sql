-- Elements with an open finding, by anchor, one a row: a read by primary key. Without a grouping, and by the older analyzer, it costs the
-- engine two thirds.
SELECT anchor, toString(element)
FROM {{from "quality.state"}} FINAL
WHERE library = {library:String} AND anchor IN {anchors:Array(UUID)} AND open = 1
SETTINGS enable_analyzer = 0
