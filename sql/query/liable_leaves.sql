-- Leaves of the audit log by which an element of a subject was given to somebody, the newest first.
SELECT toString(log), leaf, time, toString(client), toString(role), toString(operation), toString(grant), toString(purpose)
FROM {{from "access.audit"}} FINAL
WHERE has(subjects, {{text .Subject}}) AND library = {{text .Library}} AND has(columns, {{text .Element}}) AND decision = 'allowed'
ORDER BY time DESC, log, leaf DESC
LIMIT {{.Limit}}
