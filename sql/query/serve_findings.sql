-- Open findings. The record's key is not among them: it may be a person's number.
SELECT entity, toString(library), toString(element), toString(feed), toString(rule), toString(anchor)
FROM {{from "quality.state"}} FINAL
WHERE open = 1 AND ({library:String} = '' OR library = {library:String}) AND (empty({feeds:Array(String)}) OR feed IN {feeds:Array(String)})
    AND ({rule:String} = '' OR rule = {rule:String}) AND (toString(anchor), toString(feed), key, role, toString(element), toString(rule)) > ({after:String}, '', '', '', '', '')
ORDER BY toString(anchor), feed, key, role, element, rule LIMIT {limit:UInt64}
