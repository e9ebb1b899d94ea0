-- Who was given these elements since a time, by the audit log's copy.
SELECT toString(caller), toString(role), count(), uniqExact(arrayJoin(subjects)), max(time)
FROM {{from "access.audit"}} FINAL
WHERE library = {{text .Library}} AND hasAny(columns, [{{list .Elements}}]) AND time >= fromUnixTimestamp64Milli({{.Since}})
GROUP BY caller, role
ORDER BY count() DESC, caller
