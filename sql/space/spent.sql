-- What a caller has spent on a day, and the cells of its earlier answers of a theme.
SELECT (SELECT sum(cost) FROM {{from "space.spent"}} WHERE caller = {caller:String} AND day = toDate({day:String})) AS spent,
    (SELECT groupUniqArray(100)(cells) FROM (SELECT cells FROM {{from "space.spent"}} WHERE caller = {caller:String} AND theme = {theme:String} AND notEmpty(cells) ORDER BY at DESC LIMIT 100)) AS earlier
