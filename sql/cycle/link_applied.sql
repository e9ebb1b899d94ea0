-- After the marker: these links are in the base rows now. When this is lost they are only taken in once more.
INSERT INTO {{into "resolve.link_applied"}} (library, id, at, cycle)
SELECT library, id, at, cycle FROM {{from "resolve.touched_link"}} WHERE library = {{text .Library}} AND cycle = {{.Cycle}}
