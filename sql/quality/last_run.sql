-- The greatest run of a library's inspections: the next one must be above it.
SELECT greatest((SELECT max(ver) FROM {{from "quality.state"}} WHERE library = {{text .Library}} AND {{template "inspected rule"}}), (SELECT max(run) FROM {{from "quality.run"}} WHERE library = {{text .Library}}))
