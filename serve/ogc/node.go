package ogc

import (
	"encoding/json/v2"
	"fmt"
	"slices"
	"strings"
)

// nodeOf turns a document into what a page shows, by way of its JSON: keys sorted, links as links.
func nodeOf(v any) node {
	b, err := json.Marshal(v)
	if err != nil {
		return node{Text: "?"}
	}
	var plain any
	if err := json.Unmarshal(b, &plain); err != nil {
		return node{Text: "?"}
	}
	return show(plain)
}

func show(v any) node {
	switch v := v.(type) {
	case map[string]any:
		if href, ok := v["href"].(string); ok {
			return node{Link: href, Text: strings.TrimSpace(fmt.Sprint(v["rel"], " ", text(v["title"]), " ", text(v["type"])))}
		}
		var out node
		for k, one := range v {
			out.Map = append(out.Map, pair{k, show(one)})
		}
		slices.SortFunc(out.Map, func(a, b pair) int { return strings.Compare(a.Key, b.Key) })
		return out
	case []any:
		var out node
		for _, one := range v {
			out.List = append(out.List, show(one))
		}
		return out
	case nil:
		return node{}
	case float64:
		return node{Text: strings.TrimSuffix(strings.TrimRight(fmt.Sprintf("%.9f", v), "0"), ".")}
	case string:
		if strings.HasPrefix(v, "http://") || strings.HasPrefix(v, "https://") {
			return node{Link: v, Text: v}
		}
		return node{Text: v}
	}
	return node{Text: fmt.Sprint(v)}
}

func text(v any) string {
	s, _ := v.(string)
	return s
}
