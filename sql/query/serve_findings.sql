-- Open findings behind one of them. The record's key is read to page on by, and never shown: it may be a person's number.
SELECT entity, toString(library), toString(element), toString(feed), toString(rule), toString(anchor), key, role
FROM {{from "quality.state"}} FINAL
WHERE open = 1 AND entity != {{template "nobody"}} AND ({library:String} = '' OR library = {library:String}) AND (empty({feeds:Array(String)}) OR feed IN {feeds:Array(String)})
    AND ({rule:String} = '' OR rule = {rule:String})
    AND (toString(anchor), toString(feed), key, role, toString(library), toString(element), toString(rule))
        > ({anchor:String}, {after_feed:String}, unhex({key:String}), unhex({role:String}), {after_library:String}, {element:String}, {after_rule:String})
ORDER BY toString(anchor), toString(feed), key, role, toString(library), toString(element), toString(rule) LIMIT {limit:UInt64}
