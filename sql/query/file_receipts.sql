-- Receipts of files that came through the API, the newest first, behind one of them.
SELECT content FROM {{from "ledger.receipt"}} FINAL
WHERE (empty({feeds:Array(String)}) OR feed IN {feeds:Array(String)}) AND ({id:String} = '' OR id = {id:String})
    AND ({after:Int64} = 0 OR (toUnixTimestamp64Milli(began), id) < ({after:Int64}, {after_id:String}))
ORDER BY toUnixTimestamp64Milli(began) DESC, id DESC LIMIT {limit:UInt64}
