{{range .}}TRUNCATE TABLE {{.}}
;;
{{end}}
