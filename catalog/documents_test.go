package catalog_test

import (
	"bytes"
	"encoding/json"
	"io/fs"
	"os"
	"strings"
	"testing"

	"github.com/goccy/go-yaml"
	"github.com/google/go-cmp/cmp"
	"github.com/santhosh-tekuri/jsonschema/v6"

	"wuku/catalog"
)

// compile compiles a JSON Schema, or the part of a document at a pointer.
func compile(t *testing.T, text []byte, pointer string) *jsonschema.Schema {
	t.Helper()
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	c := jsonschema.NewCompiler()
	if err := c.AddResource("mem:doc.json", doc); err != nil {
		t.Fatal(err)
	}
	s, err := c.Compile("mem:doc.json" + pointer)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// kindOf is the kind of the file at a path of a catalogue directory.
func kindOf(name string) string {
	switch {
	case strings.HasPrefix(name, "libraries/"):
		return "library"
	case strings.HasPrefix(name, "feeds/"):
		return "feed"
	case strings.HasPrefix(name, "warnings/"):
		return "warning"
	case strings.HasPrefix(name, "rules/"):
		return "rules"
	case strings.HasPrefix(name, "matters/"):
		return "matter"
	}
	return strings.TrimSuffix(name, ".yaml")
}

// TestSchemaAcceptsFiles validates each file of the small and the shipped catalogue, as an editor would.
func TestSchemaAcceptsFiles(t *testing.T) {
	t.Parallel()
	whole := compile(t, catalog.Schema(), "")
	kinds := map[string]*jsonschema.Schema{}
	for _, kind := range catalog.FileKinds {
		kinds[kind] = compile(t, catalog.SchemaOf(kind), "")
	}
	files := 0
	for _, fsys := range []fs.FS{small(), catalog.Province()} {
		err := fs.WalkDir(fsys, ".", func(name string, e fs.DirEntry, err error) error {
			if err != nil || e.IsDir() || !strings.HasSuffix(name, ".yaml") {
				return err
			}
			files++
			doc := document(t, fsys, name)
			if err := kinds[kindOf(name)].Validate(doc); err != nil {
				t.Errorf("%s against its kind: %v", name, err)
			}
			if err := whole.Validate(doc); err != nil {
				t.Errorf("%s against the whole: %v", name, err)
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	if files < 10 {
		t.Errorf("only %d files", files)
	}
	if catalog.SchemaOf("no kind") != nil {
		t.Error("a schema for no kind")
	}
}

// document is a YAML file as an editor's JSON.
func document(t *testing.T, fsys fs.FS, name string) any {
	t.Helper()
	text, err := fs.ReadFile(fsys, name)
	if err != nil {
		t.Fatal(err)
	}
	text, err = yaml.YAMLToJSON(text)
	if err != nil {
		t.Fatal(err)
	}
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	return doc
}

// TestSchemaRefusesFiles shows that an editor marks what the loader refuses for its structure.
func TestSchemaRefusesFiles(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ file, script string }{
		"an unknown key":  {"feeds/police.person.yaml", "@ feeds/police.person.yaml\n-cycle: realtime\n+cycel: realtime"},
		"a missing key":   {"feeds/nanjing.resident.yaml", "@ feeds/nanjing.resident.yaml\n-version: {kind: broker}\n+# none"},
		"a wrong word":    {"feeds/police.person.yaml", "@ feeds/police.person.yaml\n-format: json\n+format: xml"},
		"a wrong type":    {"feeds/police.person.yaml", "@ feeds/police.person.yaml\n-key: [id]\n+key: id"},
		"a wrong format":  {"feeds/police.person.yaml", "@ feeds/police.person.yaml\n-format: yyyyMMdd\n+format: YYYY"},
		"a level of five": {"libraries/person.yaml", "@ libraries/person.yaml\n-    level: 4\n+    level: 5"},
		"a wrong name":    {"libraries/person.yaml", "@ libraries/person.yaml\n-name: birth_date\n+name: Birth"},
		"a code list":     {"codes.yaml", "@ codes.yaml\n-values: {\"0\": 未知的性别, \"1\": 男性, \"2\": 女性, \"9\": 未说明的性别}\n+values: [男]"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			fsys, err := overlay(c.script)
			if err != nil {
				t.Fatal(err)
			}
			doc := document(t, fsys, c.file)
			if compile(t, catalog.SchemaOf(kindOf(c.file)), "").Validate(doc) == nil {
				t.Error("the schema of its kind accepts it")
			}
			if compile(t, catalog.Schema(), "").Validate(doc) == nil {
				t.Error("the whole schema accepts it")
			}
		})
	}
}

// TestSchemaDescribes shows that the comments of the Go types reach the editor.
func TestSchemaDescribes(t *testing.T) {
	t.Parallel()
	for _, want := range []string{"only the first rank counts", "source fields that name a record", "update cycle"} {
		if !bytes.Contains(catalog.Schema(), []byte(want)) {
			t.Errorf("no description says %q", want)
		}
	}
}

// checkGolden compares with a file of testdata, or writes it.
func checkGolden(t *testing.T, name string, got []byte) {
	t.Helper()
	name = "testdata/" + name
	if *rewrite {
		if err := os.WriteFile(name, got, 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), string(got)); diff != "" {
		t.Errorf("%s (-want +got, -rewrite to accept):\n%s", name, diff)
	}
}

func TestShowText(t *testing.T) {
	t.Parallel()
	checkGolden(t, "show.txt", []byte(catalog.ShowText(load(t, ""))))
}

func TestShowJSON(t *testing.T) {
	t.Parallel()
	var got struct {
		Departments []struct{ Code string }
		Feeds       []struct {
			Name, Topic string
		}
		Libraries []struct {
			Name     string
			Elements []struct{ Name string }
		}
		Jurisdictions []struct{ Code string }
		Codes         []struct{ Name string }
	}
	d := json.NewDecoder(bytes.NewReader(catalog.ShowJSON(load(t, ""))))
	d.UseNumber()
	if err := d.Decode(&got); err != nil {
		t.Fatal(err)
	}
	if len(got.Departments) != 4 || len(got.Feeds) != 4 || len(got.Libraries) != 1 || len(got.Libraries[0].Elements) != 6 ||
		len(got.Jurisdictions) != 3 || len(got.Codes) != 1 {
		t.Errorf("shown: %+v", got)
	}
	for _, f := range got.Feeds {
		if f.Topic != "src."+f.Name {
			t.Errorf("feed %s has topic %q", f.Name, f.Topic)
		}
	}
	var keys map[string]json.RawMessage
	if err := json.Unmarshal(catalog.ShowJSON(&catalog.Catalog{}), &keys); err != nil {
		t.Fatal(err)
	}
	for _, key := range []string{"departments", "feeds", "libraries", "jurisdictions", "codes", "batches", "items"} {
		if string(keys[key]) != "[]" {
			t.Errorf("%s of an empty catalogue = %s, want []", key, keys[key])
		}
	}
	if len(keys) != 8 {
		t.Errorf("%d keys, want 8", len(keys))
	}
}

func TestAsyncAPI(t *testing.T) {
	t.Parallel()
	checkGolden(t, "asyncapi.json", catalog.AsyncAPI(load(t, "")))
	c, err := catalog.Load(catalog.Province())
	if err != nil {
		t.Fatal(err)
	}
	text := catalog.AsyncAPI(c)
	var doc map[string]any
	if err := json.Unmarshal(text, &doc); err != nil {
		t.Fatal(err)
	}
	if doc["asyncapi"] != "3.0.0" || doc["info"].(map[string]any)["version"] == "" {
		t.Errorf("asyncapi %v, info %v", doc["asyncapi"], doc["info"])
	}
	resolveRefs(t, doc, doc)
	channels := doc["channels"].(map[string]any)
	for _, f := range c.Feeds {
		channel, _ := channels[f.Name].(map[string]any)
		if channel["address"] != f.Topic {
			t.Errorf("channel %s has address %v, want %s", f.Name, channel["address"], f.Topic)
		}
		schema, err := json.Marshal(c.MessageSchema(&f))
		if err != nil {
			t.Fatal(err)
		}
		compile(t, schema, "")
	}
}

// resolveRefs shows that every $ref points to something.
func resolveRefs(t *testing.T, doc map[string]any, at any) {
	t.Helper()
	switch v := at.(type) {
	case []any:
		for _, item := range v {
			resolveRefs(t, doc, item)
		}
	case map[string]any:
		if target, ok := v["$ref"].(string); ok {
			var to any = doc
			for _, part := range strings.Split(strings.TrimPrefix(target, "#/"), "/") {
				to = to.(map[string]any)[part]
			}
			if to == nil {
				t.Errorf("$ref %s points to nothing", target)
			}
		}
		for _, item := range v {
			resolveRefs(t, doc, item)
		}
	}
}

// TestMessageSchema shows which messages a feed's schema accepts.
func TestMessageSchema(t *testing.T) {
	t.Parallel()
	list := "@ feeds/nanjing.resident.yaml\n-  - library: person\n-    fields:\n-      - {element: citizen_number, from: sfz}\n" +
		"+  - library: person\n+    each: home.people\n+    list_key: [no]\n+    fields:\n+      - {element: citizen_number, from: sfz, required: true}\n" +
		"-\n@ feeds/nanjing.resident.yaml\n-from: address.street\n+from: $.address.street"
	list = strings.Replace(list, "-\n@", "\n@", 1)
	c := load(t, list)
	for name, m := range map[string]struct {
		feed, message string
		ok            bool
	}{
		"a record":                   {"police.person", `{"id":"1","seq":7,"sfzh":"x","xm":null,"dz":{"jl":"a"}}`, true},
		"other fields are ignored":   {"police.person", `{"id":"1","seq":7,"sfzh":"x","other":[1]}`, true},
		"no key":                     {"police.person", `{"seq":7,"sfzh":"x"}`, false},
		"no version":                 {"police.person", `{"id":"1","sfzh":"x"}`, false},
		"required is null":           {"police.person", `{"id":"1","seq":7,"sfzh":null}`, false},
		"a name that is a list":      {"police.person", `{"id":"1","seq":7,"sfzh":"x","xm":["a"]}`, false},
		"a name that is too long":    {"police.person", `{"id":"1","seq":7,"sfzh":"x","xm":"` + strings.Repeat("长", 51) + `"}`, false},
		"an envelope":                {"health.birth", `{"op":"c","after":{"no":1,"ts":1,"child":{"name":"a"}},"before":null}`, true},
		"a delete":                   {"health.birth", `{"op":"d","after":null,"before":{"no":1}}`, true},
		"an envelope without op":     {"health.birth", `{"after":{"no":1,"ts":1}}`, false},
		"an envelope's bad row":      {"health.birth", `{"op":"c","after":{"ts":1}}`, false},
		"a list":                     {"nanjing.resident", `{"id":1,"address":{"street":"s"},"home":{"people":[{"no":1,"sfz":"x","address":{"division":"320100"}}]}}`, true},
		"an entry without its key":   {"nanjing.resident", `{"id":1,"home":{"people":[{"sfz":"x"}]}}`, false},
		"an entry without its value": {"nanjing.resident", `{"id":1,"home":{"people":[{"no":1}]}}`, false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			schema, err := json.Marshal(c.MessageSchema(c.Feed(m.feed)))
			if err != nil {
				t.Fatal(err)
			}
			message, err := jsonschema.UnmarshalJSON(strings.NewReader(m.message))
			if err != nil {
				t.Fatal(err)
			}
			if err := compile(t, schema, "").Validate(message); (err == nil) != m.ok {
				t.Errorf("valid = %v, want %v: %v", err == nil, m.ok, err)
			}
		})
	}
}
