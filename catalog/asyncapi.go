package catalog

import (
	"encoding/json"
	"slices"
	"strings"
)

// AsyncAPI is an AsyncAPI 3.0 document of the topics that the catalogue's feeds are published on: one channel, message and
// payload schema a feed, derived from its mapping, so that it cannot differ from what ingest accepts. Operations are of
// action receive: departments send, this program receives.
func AsyncAPI(c *Catalog) []byte {
	channels, operations, messages, schemas := object{}, object{}, object{}, object{}
	for i := range c.Feeds {
		f := &c.Feeds[i]
		channels[f.Name] = object{
			"address": f.Topic, "title": f.ZH, "description": strings.TrimSpace(f.ZH + " " + f.EN),
			"messages": object{"record": ref("messages", f.Name)},
			"bindings": object{"kafka": object{"topic": f.Topic, "partitions": f.Partitions, "bindingVersion": "0.5.0"}},
		}
		operations["receive."+f.Name] = object{
			"action": "receive", "channel": object{"$ref": "#/channels/" + f.Name},
			"messages": []any{object{"$ref": "#/channels/" + f.Name + "/messages/record"}},
		}
		messages[f.Name] = object{
			"name": f.Name, "title": f.ZH, "contentType": "application/json", "payload": ref("schemas", f.Name),
			"x-wuku-key": f.Key, "x-wuku-version": f.Version, "x-wuku-tier": f.Tier, "x-wuku-jurisdiction": f.Jurisdiction,
		}
		schemas[f.Name] = c.MessageSchema(f)
	}
	doc := object{
		"asyncapi": "3.0.0", "defaultContentType": "application/json",
		"info": object{"title": strings.TrimSpace(c.ZH + " " + c.Name), "version": Digest(c)[:12],
			"description": "Topics on which departments publish their records. The version is the beginning of the catalogue's digest."},
		"channels": channels, "operations": operations,
		"components": object{"messages": messages, "schemas": schemas},
	}
	out, err := json.MarshalIndent(doc, "", "  ")
	if err != nil {
		return nil // cannot be, see encode
	}
	return append(out, '\n')
}

func ref(kind, name string) object { return object{"$ref": "#/components/" + kind + "/" + name} }

// MessageSchema is the JSON Schema of the messages of a feed: the fields that the mapping reads, each with the element that it
// gives. Other fields are allowed and ignored. A Debezium feed's is that of the envelope.
func (c *Catalog) MessageSchema(f *Feed) map[string]any {
	m := messageSchema{feed: f, row: object{}, root: object{}}
	m.envelope = f.Format == FormatDebezium
	if !m.envelope {
		m.root = m.row
	}
	for _, s := range f.Claims {
		c.slotSchema(&m, &s)
	}
	for _, key := range f.Key {
		m.put("", key, object{"type": []string{"string", "number"}, "description": "part of the record key 记录主键"}, true)
	}
	if f.Version.Field != "" {
		kind := object{"type": []string{"string", "number"}, "description": "version of the record 版本"}
		m.ordering(f.Version.Field, kind, true)
	}
	if f.EventTime != nil {
		m.ordering(f.EventTime.Field, object{"type": []string{"string", "number", "null"}, "description": "time of the event 业务时间", "x-wuku-format": f.EventTime.Format}, false)
	}
	if f.Delete != nil && f.Delete.Field != "" {
		m.put("", f.Delete.Field, object{"description": "the record is gone if this is one of " + strings.Join(f.Delete.Values, ", ")}, false)
	}
	if !m.envelope {
		return m.row
	}
	m.root["type"] = "object"
	properties := child(m.root, "properties")
	properties["op"] = object{"enum": []string{"c", "u", "d", "r", "t", "m"}, "description": "create, update, delete, read (snapshot), truncate, message"}
	properties["after"] = object{"anyOf": []any{object{"type": "null"}, m.row}}
	properties["before"] = object{"type": []string{"object", "null"}, "description": "the record before the change; after a delete it names the record by its key"}
	m.root["required"] = merge(m.root["required"], "op")
	return m.root
}

// messageSchema is a schema under construction: of the record, and of the message around it.
type messageSchema struct {
	feed      *Feed
	row, root object
	envelope  bool
}

func (c *Catalog) slotSchema(m *messageSchema, s *Slot) {
	l := c.Library(s.Library)
	if l == nil {
		return
	}
	for _, x := range s.Fields {
		if e := l.Element(x.Element); e != nil && x.From != "" {
			m.put(s.Each, x.From, c.fieldSchema(m.feed, l, e, &x), x.Required && s.When == nil)
		}
	}
	for _, key := range s.ListKey {
		m.put(s.Each, key, object{"type": []string{"string", "number"}, "description": "names the entry of the list"}, true)
	}
	if s.When != nil {
		m.put(s.Each, s.When.Field, object{"description": "decides whether the message speaks of library " + l.Name}, false)
	}
}

// ordering declares a field of the version or the time, which in a Debezium feed may stand in the envelope.
func (m *messageSchema) ordering(path string, leaf object, required bool) {
	if m.envelope && (path == "ts_ms" || strings.HasPrefix(path, "source.")) {
		m.place(m.root, "", path, leaf, required)
		return
	}
	m.put("", path, leaf, required)
}

// put declares a field at a path, within the entries of a list where each is not "". A field that serves twice says both.
func (m *messageSchema) put(each, path string, leaf object, required bool) {
	m.place(m.row, each, path, leaf, required)
}

func (m *messageSchema) place(at object, each, path string, leaf object, required bool) {
	at["type"] = "object"
	if rest, absolute := strings.CutPrefix(path, "$."); absolute {
		path, each = rest, ""
	}
	if each != "" {
		at = descend(at, strings.Split(strings.TrimPrefix(each, "$."), "."), false)
		at["type"] = []string{"array", "null"}
		at = child(at, "items")
		at["type"] = "object"
	}
	parts := strings.Split(path, ".")
	parent := descend(at, parts[:len(parts)-1], required)
	name := parts[len(parts)-1]
	properties := child(parent, "properties")
	if len(parts) > 1 && parent["type"] == nil {
		parent["type"] = "object"
	}
	field := child(properties, name)
	for key, value := range leaf {
		if _, said := field[key]; !said {
			field[key] = value
		}
	}
	if required {
		parent["required"] = merge(parent["required"], name)
		if kinds, several := field["type"].([]string); several {
			field["type"] = slices.DeleteFunc(slices.Clone(kinds), func(k string) bool { return k == "null" })
		}
	}
}

// descend walks to a nested object, making it as it goes.
func descend(at object, parts []string, required bool) object {
	for _, part := range parts {
		if required {
			at["required"] = merge(at["required"], part)
		}
		at = child(child(at, "properties"), part)
		if required {
			at["type"] = "object"
		} else if at["type"] == nil {
			at["type"] = []string{"object", "null"}
		}
	}
	return at
}

func child(o object, key string) object {
	c, ok := o[key].(object)
	if !ok {
		c = object{}
		o[key] = c
	}
	return c
}

// merge adds a name to a sorted list of required names.
func merge(list any, name string) []string {
	names, _ := list.([]string)
	return set(append(slices.Clone(names), name))
}

// fieldSchema is the schema of one source field that gives an element.
func (c *Catalog) fieldSchema(f *Feed, l *Library, e *Element, x *Field) object {
	o := object{"title": e.ZH, "x-wuku-element": l.Name + "." + e.Name, "x-wuku-level": e.Level}
	if e.Definition != "" {
		o["description"] = e.Definition
	}
	if x.Format != "" {
		o["x-wuku-format"] = x.Format
	}
	var kinds []string
	var codes []any
	switch {
	case len(x.Values) > 0:
		codes = anyOf(sortedKeys(x.Values))
	case e.Type == TypeCode:
		if t := c.CodeTable(e.Codes); t != nil {
			codes = anyOf(sortedKeys(t.Values))
		}
	case e.Type == TypeBool:
		kinds = []string{"boolean", "string", "number"}
	case isNumber(e.Type) || isTime(e.Type):
		kinds = []string{"string", "number"}
	default:
		kinds = []string{"string"}
		if e.MaxLength > 0 && e.Type == TypeText {
			o["maxLength"] = e.MaxLength
		}
	}
	if codes != nil {
		o["x-wuku-codes"] = codes // numbers are accepted for codes too, so this is no enum
		kinds = []string{"string", "number", "boolean"}
	}
	if !x.Required {
		kinds = append(kinds, "null")
	}
	o["type"] = kinds
	if len(f.Nulls) > 0 && !x.Required {
		o["x-wuku-nulls"] = f.Nulls
	}
	return o
}

func anyOf(list []string) []any {
	out := make([]any, len(list))
	for i, s := range list {
		out[i] = s
	}
	return out
}
