{{define "spent"}}{{range $i, $c := .Spent}}{{if $i}}, {{end}}DROP PARTITION {{$c}}{{end}}{{end -}}
{{define "spent of library"}}{{$library := .Library}}{{range $i, $c := .Spent}}{{if $i}}, {{end}}DROP PARTITION ({{text $library}}, {{$c}}){{end}}{{end -}}
-- The work lists are of some cycles only; those of another, perhaps of the owner after us, are not ours to drop.
-- The list of anchors goes first: an owner that runs on beside must not take touched anchors for ones without claims or rows.
ALTER TABLE {{local "resolve.touched"}}{{onCluster}} {{template "spent of library" .}}
;;
ALTER TABLE {{local "resolve.touched_record"}}{{onCluster}} {{template "spent of library" .}}
;;
ALTER TABLE {{local "resolve.touched_link"}}{{onCluster}} {{template "spent of library" .}}
;;
ALTER TABLE {{local "resolve.owned"}}{{onCluster}} {{template "spent of library" .}}
;;
ALTER TABLE {{local "resolve.superseded"}}{{onCluster}} {{template "spent of library" .}}
;;
ALTER TABLE {{local (print "resolve.next_" .Library)}}{{onCluster}} {{template "spent" .}}
;;
ALTER TABLE {{local (print "resolve.near_" .Library)}}{{onCluster}} {{template "spent" .}}
