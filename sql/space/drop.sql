{{range $i, $t := .Tables}}{{if $i}}
;;
{{end}}ALTER TABLE {{local $t}}{{onCluster}} DROP PARTITION {{$.Version}}{{end}}
