-- Where doubts stand.
INSERT INTO {{into "quality.touched"}} (library, run, anchor)
SELECT DISTINCT {{text .Library}}, {{.Run}}, anchor FROM {{from "quality.doubt"}} WHERE library = {{text .Library}} AND id IN ([{{list .IDs}}]::Array(String))
