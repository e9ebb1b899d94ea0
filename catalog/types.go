// Package catalog is the one declaration that drives everything else: departments, jurisdictions, libraries with their
// elements and authorities, feeds with their contracts and mappings. It is read from YAML files (see Load), checked as a whole
// (see Check) and compared (see Diff). Tables, validation, the rule's SQL, masks and documents are derived from it.
//
// A Catalog is immutable once loaded and may be read concurrently.
package catalog

// Catalog is one revision of the whole declaration. 数据资源目录
type Catalog struct {
	Name          string         `yaml:"name" json:"name"`
	ZH            string         `yaml:"zh" json:"zh"`
	Contact       *Contact       `yaml:"contact,omitempty" json:"contact,omitempty"` // who answers for the platform
	Departments   []Department   `yaml:"departments" json:"departments"`
	Jurisdictions []Jurisdiction `yaml:"jurisdictions" json:"jurisdictions"`
	Libraries     []Library      `yaml:"libraries" json:"libraries"`
	Feeds         []Feed         `yaml:"feeds" json:"feeds"`
	Codes         []CodeTable    `yaml:"codes" json:"codes"`
	Batches       []Batch        `yaml:"batches" json:"batches"`
	Items         []Item         `yaml:"items" json:"items"`
	Packs         []RulePack     `yaml:"packs" json:"packs,omitempty"`       // declared quality rules, see rules.go
	Warnings      []Warning      `yaml:"warnings" json:"warnings,omitempty"` // what is watched for, see warnings.go
	Governance    Governance     `yaml:"governance" json:"governance,omitzero"`
	Matters       []Matter       `yaml:"matters" json:"matters,omitempty"` // see matter.go
}

// Department is a source of feeds and an owner of elements. 部门
type Department struct {
	Code         string  `yaml:"code" json:"code"`                 // short name, [a-z0-9_]+, first part of its feeds' names
	ZH           string  `yaml:"zh" json:"zh"`                     //
	EN           string  `yaml:"en" json:"en"`                     //
	Tier         string  `yaml:"tier" json:"tier"`                 // nation, province or city
	Jurisdiction string  `yaml:"jurisdiction" json:"jurisdiction"` // division code, for example "320000"
	USCC         string  `yaml:"uscc,omitempty" json:"uscc,omitempty"`
	Number       string  `yaml:"number,omitempty" json:"number,omitempty"` // 目: its three digits in the codes of its resources, one of its tier
	Contact      Contact `yaml:"contact" json:"contact"`
}

// Contact is who answers for something. 联系人
type Contact struct {
	Name  string `yaml:"name" json:"name"`
	Phone string `yaml:"phone,omitempty" json:"phone,omitempty"`
	Mail  string `yaml:"mail,omitempty" json:"mail,omitempty"`
}

// Jurisdiction is an area with its own authorities: the province or one of its cities. 辖区
type Jurisdiction struct {
	Code   string `yaml:"code" json:"code"` // 6-digit division code
	ZH     string `yaml:"zh" json:"zh"`
	EN     string `yaml:"en" json:"en"`
	Parent string `yaml:"parent,omitempty" json:"parent,omitempty"`
}

// Library is one of the five base libraries. 基础库
type Library struct {
	Name string `yaml:"library" json:"name"` // person, organisation, certificate, credit or place
	ZH   string `yaml:"zh" json:"zh"`
	EN   string `yaml:"en" json:"en"`
	// Identity lists the library's identifiers from the strongest to the weakest. A claim's anchor is that of its strongest
	// usable identifier; the weaker ones are its edges.
	Identity []Identity `yaml:"identity" json:"identity"`
	// OpenCube names the elements by which planners may count the library without a grant (open.*); empty where the library
	// holds no person: then its rows are open with their level 1 elements.
	OpenCube []string `yaml:"open_cube,omitempty" json:"open_cube,omitempty"`
	// Steward and Supervisor are those of every element that does not name its own.
	Steward    string `yaml:"steward,omitempty" json:"steward,omitempty"`
	Supervisor string `yaml:"supervisor,omitempty" json:"supervisor,omitempty"`
	// Relations are what must hold between elements of one claim; a claim against one keeps its values and gets a finding.
	Relations []Relation `yaml:"relations,omitempty" json:"relations,omitempty"`
	Elements  []Element  `yaml:"elements" json:"elements"`
}

// Identity is one way to identify an entity of a library: a scheme, filled from one element, or from several joined by "|".
type Identity struct {
	Scheme   string   `yaml:"scheme" json:"scheme"`
	Elements []string `yaml:"elements" json:"elements"`
}

// Element types.
const (
	TypeText       = "text"
	TypeCode       = "code"       // one code of table Codes
	TypeIdentifier = "identifier" // a value of Scheme, checked and normalised
	TypeInt        = "int"
	TypeDecimal    = "decimal" // up to 14 digits before and 4 behind the point
	TypeFloat      = "float"   // coordinates
	TypeBool       = "bool"
	TypeDate       = "date"
	TypeDateTime   = "datetime"
	TypeGeometry   = "geometry" // WKT, CGCS2000 longitude latitude
)

// Element is one data element of a library: one typed column of base.* and claims.*. 数据元
type Element struct {
	Name       string  `yaml:"name" json:"name"` // [a-z][a-z0-9_]*
	ZH         string  `yaml:"zh" json:"zh"`
	EN         string  `yaml:"en,omitempty" json:"en,omitempty"`
	Type       string  `yaml:"type" json:"type"`
	Codes      string  `yaml:"codes,omitempty" json:"codes,omitempty"`   // name of a CodeTable, for type code
	Scheme     string  `yaml:"scheme,omitempty" json:"scheme,omitempty"` // for type identifier
	MaxLength  int     `yaml:"max_length,omitempty" json:"max_length,omitempty"`
	Min        *string `yaml:"min,omitempty" json:"min,omitempty"` // inclusive bounds, written as the type is (dates as 2006-01-02)
	Max        *string `yaml:"max,omitempty" json:"max,omitempty"`
	Pattern    string  `yaml:"pattern,omitempty" json:"pattern,omitempty"`       // RE2, whole value
	Definition string  `yaml:"definition,omitempty" json:"definition,omitempty"` // 口径
	Level      int     `yaml:"level" json:"level"`                               // sensitivity 1 (public) to 4
	Personal   bool    `yaml:"personal,omitempty" json:"personal,omitempty"`     // never in open.*
	Group      string  `yaml:"group,omitempty" json:"group,omitempty"`           // elements of one group are taken from one claim
	// Links names the elements ("library.element") whose value this one holds, where its scheme does not say it; itself where those that
	// hold the same value belong together. 关联关系
	Links      []string `yaml:"links,omitempty" json:"links,omitempty"`
	Division   bool     `yaml:"division,omitempty" json:"division,omitempty"`     // this element is the entity's division (one a library)
	Owner      string   `yaml:"owner,omitempty" json:"owner,omitempty"`           // department whose duty creates it 数源部门
	Steward    string   `yaml:"steward,omitempty" json:"steward,omitempty"`       // department that keeps the library's copy 管理部门
	Supervisor string   `yaml:"supervisor,omitempty" json:"supervisor,omitempty"` // department that watches both 监管部门
	Share      string   `yaml:"share,omitempty" json:"share,omitempty"`           // unconditional, conditional or none 共享类型
	Event      string   `yaml:"event,omitempty" json:"event,omitempty"`           // the business event that creates it
	// Authority lists feeds by rank: the value comes from the first rank with a live value. The feeds of one rank must have
	// disjoint jurisdictions. A feed that is not listed never gives the element its value.
	Authority []Rank `yaml:"authority" json:"authority"`
	Strict    bool   `yaml:"strict,omitempty" json:"strict,omitempty"` // only the first rank counts
}

// Rank is one place of an authority list: usually one feed; several (of disjoint jurisdictions) where each city has its own.
type Rank []string

// Feed is one catalogue entry: one topic with its contract. 数据资源
type Feed struct {
	Name         string    `yaml:"feed" json:"name"` // "department.resource"
	Department   string    `yaml:"department" json:"department"`
	ZH           string    `yaml:"zh" json:"zh"`
	EN           string    `yaml:"en,omitempty" json:"en,omitempty"`
	Topic        string    `yaml:"topic,omitempty" json:"topic"` // default src.<feed name>
	Partitions   int       `yaml:"partitions,omitempty" json:"partitions,omitempty"`
	Class        string    `yaml:"class,omitempty" json:"class,omitempty"`       // official (default) or outside: of the internet or an industry, which never wins over an authority
	Tier         string    `yaml:"tier,omitempty" json:"tier"`                   // default: the department's
	Jurisdiction string    `yaml:"jurisdiction,omitempty" json:"jurisdiction"`   // default: the department's
	Format       string    `yaml:"format" json:"format"`                         // the shape of a message: see MessageFormats
	Encoding     string    `yaml:"encoding,omitempty" json:"encoding,omitempty"` // how its bytes are written: utf-8 (default), gb18030 or avro
	CSV          *CSV      `yaml:"csv,omitempty" json:"csv,omitempty"`           // of format csv
	CRS          string    `yaml:"crs,omitempty" json:"crs,omitempty"`           // coordinate system of its geometry, longitude and latitude: see Systems; none said: taken as CGCS2000 and not touched
	Source       *Sender   `yaml:"source,omitempty" json:"source,omitempty"`     // the field by which a message names its own sender
	Snapshot     *Snapshot `yaml:"snapshot,omitempty" json:"snapshot,omitempty"` // the feed sends all its records again each time 全量
	Cycle        string    `yaml:"cycle,omitempty" json:"cycle,omitempty"`       // update cycle: realtime, daily, weekly, monthly, …
	Key          []string  `yaml:"key" json:"key"`                               // source fields that name a record, joined by "|"
	Version      Version   `yaml:"version" json:"version"`
	EventTime    *Time     `yaml:"event_time,omitempty" json:"event_time,omitempty"` // default: the version if it is a time, else the broker's timestamp
	Delete       *Delete   `yaml:"delete,omitempty" json:"delete,omitempty"`         // how the source says that a record is gone
	Nulls        []string  `yaml:"nulls,omitempty" json:"nulls,omitempty"`           // texts that mean "no value" in this feed, beside null and ""
	Claims       []Slot    `yaml:"claims" json:"claims"`
	// Expires is the last day (2006-01-02, Asia/Shanghai) whose messages are taken, by the broker's timestamp; later ones are refused. Such a
	// feed needs no item of a responsibility list and no resource: it is there before its duty is written. 到期日
	Expires  string    `yaml:"expires,omitempty" json:"expires,omitempty"`
	Refusals *Refusals `yaml:"refusals,omitempty" json:"refusals,omitempty"` // from how many refused records on an incident tells; default: more than 100 of 10,000

	// Item is the item of a responsibility list that the feed fulfils; every feed has one where the catalogue has such lists.
	Item     string    `yaml:"item,omitempty" json:"item,omitempty"`
	Resource *Resource `yaml:"resource,omitempty" json:"resource,omitempty"` // the national guide's core metadata
	// Steward is the province's department that keeps what a ministry returns (数据回落): a feed of tier nation has one.
	Steward string `yaml:"steward,omitempty" json:"steward,omitempty"`
	// Contact answers for the feed at its department (default: the department's), Counterpart at the platform (default: the
	// catalogue's).
	Contact     *Contact `yaml:"contact,omitempty" json:"contact,omitempty"`
	Counterpart *Contact `yaml:"counterpart,omitempty" json:"counterpart,omitempty"`

	// Revision numbers the feed's mapping, from 1: it grows when what ingest makes of a message changes. Set by the store of
	// revisions, not by the file.
	Revision uint32 `yaml:"-" json:"revision"`
}

// Refusals is how much of a feed may be refused before an incident tells: more than Most of Of records in a row of one partition.
type Refusals struct {
	Most int `yaml:"most" json:"most"`
	Of   int `yaml:"of" json:"of"`
}

// RefusalLimit is the feed's own limit, or that of all.
func (f *Feed) RefusalLimit() Refusals {
	if f.Refusals != nil {
		return *f.Refusals
	}
	return Refusals{Most: 100, Of: 10_000}
}

// Kinds of Version.
const (
	VersionCounter = "counter"    // a whole number at Field: a counter or log position of the source
	VersionTime    = "event_time" // a time at Field, in Format
	VersionBroker  = "broker"     // the broker's timestamp of the message
)

// Version declares the one kind of version that orders a feed's records. A message without it goes to quarantine.
type Version struct {
	Kind   string `yaml:"kind" json:"kind"`
	Field  string `yaml:"field,omitempty" json:"field,omitempty"`
	Format string `yaml:"format,omitempty" json:"format,omitempty"`
}

// Time declares where a time stands and how it is written: a Go-independent pattern such as yyyy-MM-dd HH:mm:ss, yyyyMMdd,
// iso (RFC 3339), epoch_ms, epoch_s or epoch_days. Times without a zone are Asia/Shanghai.
type Time struct {
	Field  string `yaml:"field" json:"field"`
	Format string `yaml:"format" json:"format"`
}

// CSV declares how the lines of a feed of format csv are written (RFC 4180). A message is one line or several; one that has only
// the header line says nothing.
type CSV struct {
	Columns   []string `yaml:"columns,omitempty" json:"columns,omitempty"`     // names of the columns in order; empty: every message begins with a header line
	Delimiter string   `yaml:"delimiter,omitempty" json:"delimiter,omitempty"` // one character instead of the comma
}

// Sender names the field of a message that says who sent it. The topic decides whose message it is: one that names somebody else
// goes to quarantine with an incident.
type Sender struct {
	Field  string   `yaml:"field" json:"field"`
	Values []string `yaml:"values" json:"values"` // what may stand there
}

// Snapshot declares a feed that sends its whole content again and again: a begin mark, every record, an end mark. What has not changed
// since the last one makes no claim, and a record that is not in it any more is deleted; but only if the snapshot is whole. Marks are
// messages of the topic too. The topic has one partition, since order tells what belongs to a snapshot.
type Snapshot struct {
	Mark  string   `yaml:"mark" json:"mark"`                       // field by which a message says that it is a mark
	Begin []string `yaml:"begin" json:"begin"`                     // its values in begin marks
	End   []string `yaml:"end" json:"end"`                         // and in end marks
	Run   string   `yaml:"run,omitempty" json:"run,omitempty"`     // field that names the snapshot, in marks and in records that have it
	Count string   `yaml:"count,omitempty" json:"count,omitempty"` // field of a mark with the number of records
}

// Delete declares how a message says that its record is gone. Feeds of the formats debezium, canal and maxwell need none. With
// Tombstone a message without a value deletes the record named by the message's key (the key's text, or a JSON object with the Key
// fields); the feed's version is then the broker's, since such a message has no field.
type Delete struct {
	Field     string   `yaml:"field,omitempty" json:"field,omitempty"`
	Values    []string `yaml:"values,omitempty" json:"values,omitempty"`
	Tombstone bool     `yaml:"tombstone,omitempty" json:"tombstone,omitempty"`
}

// Slot maps a message, or each element of a list in it, to one claim on one entity of a library.
type Slot struct {
	Library string   `yaml:"library" json:"library"`
	Role    string   `yaml:"role,omitempty" json:"role,omitempty"`         // names the slot; must differ between a feed's slots
	Each    string   `yaml:"each,omitempty" json:"each,omitempty"`         // path of a list: one claim an element; Fields are then relative to it
	ListKey []string `yaml:"list_key,omitempty" json:"list_key,omitempty"` // fields of an element that name it within the record
	When    *When    `yaml:"when,omitempty" json:"when,omitempty"`         // the slot counts only if the condition holds
	// Single says that an entity has at most one live record in this slot: a second one is a duplicate (record.duplicate).
	Single bool `yaml:"single,omitempty" json:"single,omitempty"`
	// Rank "last" puts the feed behind all others in the authority of every element that the slot maps and whose list does not
	// name it, so that a new feed is one file.
	Rank   string  `yaml:"rank,omitempty" json:"rank,omitempty"`
	Fields []Field `yaml:"fields" json:"fields"`
}

// When is a condition on one source field: it is one of In (or, with Present, merely not null).
type When struct {
	Field   string   `yaml:"field" json:"field"`
	In      []string `yaml:"in,omitempty" json:"in,omitempty"`
	Present bool     `yaml:"present,omitempty" json:"present,omitempty"`
}

// Field maps one source field to one element.
type Field struct {
	Element  string            `yaml:"element" json:"element"`
	From     string            `yaml:"from,omitempty" json:"from,omitempty"`         // path with dots; "$." before it reads from the message, not the list element
	Const    string            `yaml:"const,omitempty" json:"const,omitempty"`       // a fixed value instead of From
	Format   string            `yaml:"format,omitempty" json:"format,omitempty"`     // of dates and times, see Time
	Values   map[string]string `yaml:"values,omitempty" json:"values,omitempty"`     // the source's own codes -> the element's
	Scale    float64           `yaml:"scale,omitempty" json:"scale,omitempty"`       // the source's unit times Scale is ours (万元 -> 元: 10000)
	Required bool              `yaml:"required,omitempty" json:"required,omitempty"` // null or invalid: the whole message goes to quarantine
	// Definition is the source's own notion of the value (口径) where it is not the element's: then the feed gives the element no
	// value, and the two are never compared or added.
	Definition string `yaml:"definition,omitempty" json:"definition,omitempty"`
}

// CodeTable is a list of allowed codes with their meanings. 代码表
type CodeTable struct {
	Name     string            `yaml:"table" json:"name"`
	ZH       string            `yaml:"zh" json:"zh"`
	Standard string            `yaml:"standard,omitempty" json:"standard,omitempty"` // for example GB/T 2261.1
	Values   map[string]string `yaml:"values" json:"values"`
}

// Library returns the library of that name, or nil.
func (c *Catalog) Library(name string) *Library {
	for i := range c.Libraries {
		if c.Libraries[i].Name == name {
			return &c.Libraries[i]
		}
	}
	return nil
}

// Feed returns the feed of that name, or nil.
func (c *Catalog) Feed(name string) *Feed {
	for i := range c.Feeds {
		if c.Feeds[i].Name == name {
			return &c.Feeds[i]
		}
	}
	return nil
}

// FeedByTopic returns the feed that owns a topic, or nil.
func (c *Catalog) FeedByTopic(topic string) *Feed {
	for i := range c.Feeds {
		if c.Feeds[i].Topic == topic {
			return &c.Feeds[i]
		}
	}
	return nil
}

// CodeTable returns the code table of that name, or nil.
func (c *Catalog) CodeTable(name string) *CodeTable {
	for i := range c.Codes {
		if c.Codes[i].Name == name {
			return &c.Codes[i]
		}
	}
	return nil
}

// Element returns the element of that name, or nil.
func (l *Library) Element(name string) *Element {
	for i := range l.Elements {
		if l.Elements[i].Name == name {
			return &l.Elements[i]
		}
	}
	return nil
}

// Ranks returns, for one element, feed name -> rank from 1; feeds that never give it a value are absent. 数源
func (e *Element) Ranks() map[string]int {
	ranks := map[string]int{}
	for i, r := range e.Authority {
		if e.Strict && i > 0 {
			break
		}
		for _, f := range r {
			if _, seen := ranks[f]; !seen {
				ranks[f] = i + 1
			}
		}
	}
	return ranks
}
