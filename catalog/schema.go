package catalog

import (
	_ "embed"
	"encoding/json"
	"go/ast"
	"go/parser"
	"go/token"
	"maps"
	"reflect"
	"slices"
	"strings"

	"wuku/entity"
)

// typesSource and dutySource are this package's own declaration of the words: the comments on its fields are the descriptions
// that editors show, so that there is one text for each word.
//
//go:embed types.go
var typesSource string

//go:embed types_duty.go
var dutySource string

//go:embed rules.go
var rulesSource string

//go:embed warnings.go
var warningsSource string

//go:embed governance.go
var governanceSource string

//go:embed matter.go
var matterSource string

// schemaURI is the dialect of all schemas made here.
const schemaURI = "https://json-schema.org/draft/2020-12/schema"

// FileKinds lists the kinds of catalogue file, in the order in which a reader meets them.
var FileKinds = [...]string{"catalog", "departments", "codes", "responsibilities", "library", "feed", "rules", "warning", "governance", "matter"}

// object is a JSON object under construction; encoding sorts its keys.
type object = map[string]any

// Schema is the JSON Schema (2020-12) of every kind of catalogue file in one document: $defs.catalog, departments, codes,
// responsibilities, library, feed, rules, warning, governance and matter; a file must be one of them.
func Schema() []byte {
	s := newSchemer()
	var kinds []any
	for _, kind := range FileKinds {
		kinds = append(kinds, object{"$ref": "#/$defs/" + kind})
	}
	return s.document(object{"title": "A file of a wuku catalogue", "anyOf": kinds})
}

// SchemaOf is the JSON Schema of one kind of file (see FileKinds), or nil: what an editor wants for a folder of such files.
func SchemaOf(kind string) []byte {
	if !slices.Contains(FileKinds[:], kind) {
		return nil
	}
	return newSchemer().document(object{"title": "The " + kind + " file of a wuku catalogue", "$ref": "#/$defs/" + kind})
}

// schemer makes schemas of the Go types.
type schemer struct {
	defs object
	docs map[string]string // "Element.MaxLength" -> its comment
}

func newSchemer() *schemer {
	s := &schemer{defs: object{}, docs: fieldComments(typesSource)}
	maps.Copy(s.docs, fieldComments(dutySource))
	maps.Copy(s.docs, fieldComments(rulesSource))
	maps.Copy(s.docs, fieldComments(warningsSource))
	maps.Copy(s.docs, fieldComments(governanceSource))
	maps.Copy(s.docs, fieldComments(matterSource))
	s.defs["catalog"] = s.object(reflect.TypeFor[rootDoc]())
	s.defs["departments"] = s.object(reflect.TypeFor[departmentsDoc]())
	s.defs["codes"] = s.object(reflect.TypeFor[codesDoc]())
	s.defs["responsibilities"] = s.object(reflect.TypeFor[dutiesDoc]())
	s.defs["library"] = s.object(reflect.TypeFor[Library]())
	s.defs["feed"] = s.object(reflect.TypeFor[Feed]())
	s.defs["rules"] = s.object(reflect.TypeFor[RulePack]())
	s.defs["warning"] = s.object(reflect.TypeFor[Warning]())
	s.defs["governance"] = s.object(reflect.TypeFor[Governance]())
	s.defs["matter"] = s.object(reflect.TypeFor[Matter]())
	return s
}

func (s *schemer) document(root object) []byte {
	root["$schema"] = schemaURI
	root["$defs"] = s.defs
	out, err := json.MarshalIndent(root, "", "  ")
	if err != nil {
		return nil // cannot be: it is built of texts, numbers, lists and objects
	}
	return append(out, '\n')
}

func (s *schemer) object(t reflect.Type) object {
	properties := object{}
	k := keysOf(t)
	for _, name := range k.names {
		f := t.Field(k.index[name])
		p := s.value(f.Type, t.Name()+"."+name)
		if doc := s.docs[t.Name()+"."+f.Name]; doc != "" {
			p["description"] = doc
		}
		properties[name] = p
	}
	o := object{"type": "object", "properties": properties, "additionalProperties": false}
	if len(k.required) > 0 {
		o["required"] = k.required
	}
	return o
}

func (s *schemer) value(t reflect.Type, place string) object {
	switch t.Kind() {
	case reflect.Pointer:
		return s.value(t.Elem(), place)
	case reflect.Struct:
		if _, made := s.defs[t.Name()]; !made {
			s.defs[t.Name()] = object{}
			s.defs[t.Name()] = s.object(t)
		}
		return object{"$ref": "#/$defs/" + t.Name()}
	case reflect.Slice:
		list := object{"type": "array", "items": s.value(t.Elem(), place)}
		if t == reflect.TypeFor[Rank]() {
			return object{"anyOf": []any{object{"type": "string"}, list}}
		}
		return list
	case reflect.Map:
		return object{"type": "object", "additionalProperties": s.value(t.Elem(), place)}
	case reflect.Bool:
		return object{"type": "boolean"}
	case reflect.Int:
		return s.number("integer", place)
	case reflect.Float64:
		return s.number("number", place)
	}
	return s.text(place)
}

func (s *schemer) number(kind, place string) object {
	o := object{"type": kind}
	switch place {
	case "Element.level":
		o["minimum"], o["maximum"] = 1, 4
	case "Feed.partitions":
		o["minimum"], o["maximum"] = 1, entity.MaxPartition+1
	default:
		o["minimum"] = 0
	}
	return o
}

// text is the schema of a text: a word of a list, a name, or any scalar as it is written.
func (s *schemer) text(place string) object {
	if words := wordsAt(place); words != nil {
		return object{"type": "string", "enum": words}
	}
	switch place {
	case "rootDoc.name", "Department.code", "Element.name", "Element.group", "Slot.role", "CodeTable.table", "Identity.scheme", "RulePack.pack", "Warning.warning", "Tie.as", "Matter.matter", "Party.party", "Step.step", "Material.material":
		return object{"type": "string", "pattern": nameForm.String()}
	case "Feed.feed":
		return object{"type": "string", "pattern": feedForm.String()}
	case "Batch.batch":
		return object{"type": []string{"string", "integer"}}
	case "Item.item", "Feed.item":
		return object{"type": "string", "pattern": itemForm.String()}
	case "Resource.code":
		return object{"type": "string", "pattern": resourceForm.String()}
	case "Feed.topic":
		return object{"type": "string", "pattern": topicForm.String()}
	}
	// The loader takes a text as it is written, so that 01 and 320000 need no quotes.
	return object{"type": []string{"string", "number", "boolean"}}
}

// wordsAt returns the words that may stand at a place, or nil if any may.
func wordsAt(place string) []string {
	switch place {
	case "Library.library", "Slot.library", "Item.library", "QualityRule.library", "Warning.library", "Tie.library", "Proof.library":
		return entity.Libraries[:]
	case "Element.type":
		return Types[:]
	case "Department.tier", "Feed.tier":
		return Tiers[:]
	case "Feed.class":
		return FeedClasses[:]
	case "Feed.format":
		return MessageFormats[:]
	case "Feed.encoding":
		return Encodings[:]
	case "Feed.crs":
		return Systems()
	case "Feed.cycle":
		return Cycles[:]
	case "Element.share", "Resource.share", "Resource.open":
		return Shares[:]
	case "Resource.form":
		return Forms[:]
	case "Item.urgency":
		return Urgencies[:]
	case "Slot.rank":
		return SlotRanks[:]
	case "Relation.kind":
		return Relations[:]
	case "RulePack.family":
		return RuleFamilies[:]
	case "Matter.channel":
		return Channels[:]
	case "Matter.scope":
		return Scopes[:]
	case "Clock.unit":
		return []string{UnitWorking, UnitCalendar, UnitMonth}
	case "Warning.level":
		return WarningLevels[:]
	case "QualityRule.severity":
		return RuleSeverities[:]
	case "QualityRule.over":
		return []string{OverRecord, OverEntity}
	case "QualityRule.assign":
		return []string{AssignFeed, AssignOwner}
	case "Version.kind":
		return versionKinds[:]
	case "Version.format", "Time.format", "Field.format":
		return Formats[:]
	}
	return nil
}

// fieldComments reads the comments of the fields of a Go file: "Type.Field" -> text.
func fieldComments(source string) map[string]string {
	out := map[string]string{}
	file, err := parser.ParseFile(token.NewFileSet(), "types.go", source, parser.ParseComments|parser.SkipObjectResolution)
	if err != nil {
		return out // cannot be: the same text is compiled into this package
	}
	ast.Inspect(file, func(n ast.Node) bool {
		spec, ok := n.(*ast.TypeSpec)
		if !ok {
			return true
		}
		if st, ok := spec.Type.(*ast.StructType); ok {
			for _, f := range st.Fields.List {
				text := strings.Join(strings.Fields(f.Doc.Text()+" "+f.Comment.Text()), " ")
				for _, name := range f.Names {
					out[spec.Name.Name+"."+name.Name] = text
				}
			}
		}
		return false
	})
	return out
}
