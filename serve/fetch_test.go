package serve_test

import (
	"encoding/json/v2"
	"net"
	"net/http"
	"regexp"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"wuku/trust"
)

// Attack row 21: no operation fetches what a caller names. Every operation is called as every role with the address of a listener in each
// of its parameters and in each field of its body, as the API's own description has them; nobody may come to that listener.
func TestNothingIsFetchedForACaller(t *testing.T) {
	t.Parallel()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	var came atomic.Int64
	go func() {
		for {
			c, err := listener.Accept()
			if err != nil {
				return
			}
			came.Add(1)
			c.Close()
		}
	}()
	bait := "http://" + listener.Addr().String() + "/status"
	w := newWorld(t, nil)
	w.person(citizenA)
	raw := w.call(t, "", http.MethodGet, "/openapi.json", "").body
	var doc fetchDocument
	if err := json.Unmarshal([]byte(raw), &doc); err != nil {
		t.Fatal(err)
	}
	calls, fields := 0, 0
	for path, methods := range doc.Paths {
		for method, op := range methods {
			at := regexp.MustCompile(`\{[a-z]+\}`).ReplaceAllString(strings.NewReplacer("{library}", "person", "{id}", w.anchor("citizen", citizenA).String(), "{feed}", "police.person").Replace(path), "x")
			query := ""
			for _, p := range op.Parameters {
				if p.In == "query" {
					query += "&" + p.Name + "=" + bait
				}
			}
			bodies := []string{"", `{"url":"` + bait + `"}`}
			if content, ok := op.RequestBody.Content["application/json"]; ok {
				b, err := json.Marshal(doc.baited(content.Schema, bait, 0))
				if err != nil {
					t.Fatal(err)
				}
				fields += strings.Count(string(b), bait)
				bodies = append(bodies, string(b))
			}
			for _, role := range append(trust.Roles(), "") {
				for _, body := range bodies {
					for _, q := range []string{"", "?" + strings.TrimPrefix(query, "&")} {
						w.call(t, role, strings.ToUpper(method), at+q, body, "Wuku-Purpose", "demo", "Referer", bait, "Origin", bait, "X-Forwarded-Host", listener.Addr().String())
						calls++
					}
				}
			}
		}
	}
	if calls < 1000 || fields < 50 {
		t.Errorf("only %d calls, %d fields with the bait: this test looks in the wrong place", calls, fields)
	}
	time.Sleep(200 * time.Millisecond) // what is fetched behind an answer
	if n := came.Load(); n > 0 {
		t.Errorf("the server came to an address that a caller named, %d times", n)
	}
	if _, err := http.Get(bait); err == nil || came.Load() == 0 {
		t.Errorf("the listener does not notice who comes: %v", err)
	}
}

// fetchSchema is what the test reads of a schema.
type fetchSchema struct {
	Ref        string                 `json:"$ref"`
	Type       any                    `json:"type"` // a name, or a list of names
	Properties map[string]fetchSchema `json:"properties"`
	Items      *fetchSchema           `json:"items"`
	Additional any                    `json:"additionalProperties"`
}

// fetchDocument is what the test reads of the API's description.
type fetchDocument struct {
	Paths map[string]map[string]struct {
		Parameters []struct {
			Name string `json:"name"`
			In   string `json:"in"`
		} `json:"parameters"`
		RequestBody struct {
			Content map[string]struct {
				Schema fetchSchema `json:"schema"`
			} `json:"content"`
		} `json:"requestBody"`
	} `json:"paths"`
	Components struct {
		Schemas map[string]fetchSchema `json:"schemas"`
	} `json:"components"`
}

// baited is a value of the schema with the bait wherever a text may stand.
func (d *fetchDocument) baited(s fetchSchema, bait string, depth int) any {
	if s.Ref != "" {
		s = d.Components.Schemas[s.Ref[strings.LastIndexByte(s.Ref, '/')+1:]]
	}
	kind, _ := s.Type.(string)
	if list, ok := s.Type.([]any); ok && len(list) > 0 {
		kind, _ = list[0].(string)
	}
	switch {
	case depth > 6:
		return nil
	case kind == "object":
		o := map[string]any{}
		for name, p := range s.Properties {
			if name != "$schema" {
				o[name] = d.baited(p, bait, depth+1)
			}
		}
		if len(o) == 0 {
			o["name"] = bait
		}
		return o
	case kind == "array" && s.Items != nil:
		return []any{d.baited(*s.Items, bait, depth+1)}
	case kind == "integer" || kind == "number":
		return 1
	case kind == "boolean":
		return true
	}
	return bait
}
