-- The first leaf of a log that the copy does not have.
SELECT if(count() = 0, toInt64(0), toInt64(max(leaf) + 1)) FROM {{from "access.audit"}} WHERE log = {log:String}
