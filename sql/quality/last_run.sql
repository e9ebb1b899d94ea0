-- The greatest run of a library's inspections: the next one must be above it.
SELECT max(ver) FROM {{from "quality.state"}} WHERE library = {{text .Library}} AND rule IN ({{template "inspections"}})
