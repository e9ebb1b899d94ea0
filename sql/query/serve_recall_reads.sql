-- Answers with a value of one of these subjects, or of many at once (an export).
SELECT toString(log), leaf, time, toString(client), toString(grant), case_no, toString(purpose), subjects, arrayMap(c -> toString(c), columns), operation = 'export' AS wide
FROM {{from "access.audit"}} FINAL
WHERE library = {library:String} AND decision = 'allowed' AND grant != '' AND time <= {until:DateTime64(3)}
    AND (hasAny(subjects, {subjects:Array(String)}) OR operation = 'export')
ORDER BY log, leaf
