package ogc

import (
	"html/template"
	"net/http"

	"github.com/paulmach/orb/encoding/wkt"

	"wuku/space"
)

// pages is the one page: a title, then links, lists and tables of whatever the document has. It loads nothing.
var pages = template.Must(template.New("page").Parse(`<!doctype html>
<html lang="zh"><head><meta charset="utf-8"><title>{{.Title}}</title><meta name="viewport" content="width=device-width"></head>
<body><h1>{{.Title}}</h1>{{template "value" .Body}}</body></html>
{{define "value"}}{{if .Map}}<dl>{{range .Map}}<dt>{{.Key}}</dt><dd>{{template "value" .Value}}</dd>{{end}}</dl>
{{else if .List}}<ul>{{range .List}}<li>{{template "value" .}}</li>{{end}}</ul>
{{else if .Link}}<a href="{{.Link}}">{{.Text}}</a>{{else}}{{.Text}}{{end}}{{end}}`))

// node is one value of a page.
type node struct {
	Map  []pair
	List []node
	Link string
	Text string
}

type pair struct {
	Key   string
	Value node
}

// page writes a document as HTML.
func page(w http.ResponseWriter, title string, body any) {
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	_ = pages.Execute(w, map[string]any{"Title": title, "Body": nodeOf(body)}) // the caller has gone: nobody is left to tell
}

// htmlOf is a page of features as a document.
func htmlOf(c *space.Collection, found []space.Feature, links []link, matched uint64) any {
	features := []any{}
	for _, f := range found {
		one := map[string]any{"id": f.ID, "geometry": wkt.MarshalString(f.Geometry)}
		for i, p := range c.Properties {
			if f.Values[i] != nil {
				one[p.ZH+" "+p.Name] = *f.Values[i]
			}
		}
		features = append(features, one)
	}
	return map[string]any{"numberMatched": matched, "numberReturned": len(found), "links": links, "features": features}
}
