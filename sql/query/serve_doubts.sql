-- Elements with an open finding, by anchor: a read by primary key.
SELECT anchor, groupUniqArray(toString(element)) AS elements
FROM {{from "quality.state"}} FINAL
WHERE library = {library:String} AND anchor IN {anchors:Array(UUID)} AND open = 1
GROUP BY anchor
