-- Every answer about a subject, the newest first.
SELECT toString(log), leaf, time, toString(client), toString(role), toString(operation), toString(grant), case_no, toString(purpose), toString(library),
    arrayMap(c -> toString(c), columns), toString(decision)
FROM {{from "access.audit"}} FINAL
WHERE hasAny(subjects, {subjects:Array(String)}) AND (library = {library:String} OR {library:String} = '')
ORDER BY time DESC, log, leaf DESC
LIMIT {limit:UInt64}
