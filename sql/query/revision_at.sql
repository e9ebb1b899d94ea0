-- The revision that was in force at a time; 0: none was yet.
SELECT max(revision) FROM {{from "meta.catalog"}} WHERE published <= fromUnixTimestamp64Milli({at:Int64})
