{{/* Rows that are a version of a record: one in which nothing is mapped any more (its list is empty) names nothing, as a delete does.
   Rows of no record (transaction markers, tombstones after a delete) have no key. */ -}}
{{define "naming"}}(outcome IN ('claimed', 'deleted', 'erased') OR outcome = 'unmapped' AND key != ''){{end}}
{{define "record versions"}}arraySort(v -> v.1, groupUniqArray((ver, arrayFilter(n -> bitShiftRight(n.1, 56) = {{.Number}}, arrayZip(named, anchors))))){{end}}
{{define "versions" -}}
-- All versions of the records in scope that name this library or name nothing, oldest first, with what they named here.
-- Deleted, erased and unmapped versions name nothing: everything before them is gone.
SELECT feed, key, versions FROM {{from "resolve.touched_record"}} WHERE library = {{text .Library}} AND cycle = {{.Cycle}}
{{- end}}
