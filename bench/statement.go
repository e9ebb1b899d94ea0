package bench

import (
	"bytes"
	"embed"
	"fmt"
	"strings"
	"text/template"

	"wuku/sql"
)

//go:embed sql
var statements embed.FS

// render fills a statement of the folder sql.
func render(name string, data any) (string, error) {
	t, err := template.New(name+".sql").Funcs(template.FuncMap{"ident": sql.Ident, "text": sql.Quote}).
		Option("missingkey=error").ParseFS(statements, "sql/"+name+".sql")
	if err != nil {
		return "", fmt.Errorf("statement %s: %w", name, err)
	}
	var out bytes.Buffer
	if err := t.Execute(&out, data); err != nil {
		return "", fmt.Errorf("statement %s: %w", name, err)
	}
	return out.String(), nil
}

// renderAll is render for a file of several statements, divided by lines of two semicolons.
func renderAll(name string, data any) ([]string, error) {
	text, err := render(name, data)
	if err != nil {
		return nil, err
	}
	var list []string
	for part := range strings.SplitSeq(text, "\n;;") {
		if part = strings.TrimSpace(part); part != "" {
			list = append(list, part)
		}
	}
	return list, nil
}
