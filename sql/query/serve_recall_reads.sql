-- Answers with a value of one of these subjects, behind one answer, at most so many. The pages of an export name their subjects too.
SELECT toString(log), leaf, time, toString(client), toString(grant), case_no, toString(purpose), subjects, arrayMap(c -> toString(c), columns)
FROM {{from "access.audit"}} FINAL
WHERE library = {library:String} AND decision = 'allowed' AND grant != '' AND time <= {until:DateTime64(3)}
    AND hasAny(subjects, {subjects:Array(String)}) AND (toString(log), leaf) > ({log:String}, {leaf:UInt64})
ORDER BY toString(log), leaf LIMIT {limit:UInt64}
