package catalog

import (
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/goccy/go-yaml"
)

// odcsVersion is the version of the Open Data Contract Standard (Bitol) that ODCS writes.
const odcsVersion = "v3.1.0"

// The parts of a contract that we use, named as the standard names them.
type (
	odcsContract struct {
		Version          string         `yaml:"version"`
		APIVersion       string         `yaml:"apiVersion"`
		Kind             string         `yaml:"kind"`
		ID               string         `yaml:"id"`
		Name             string         `yaml:"name"`
		Tenant           string         `yaml:"tenant,omitempty"`
		Domain           string         `yaml:"domain,omitempty"`
		Status           string         `yaml:"status"`
		Description      odcsPurpose    `yaml:"description,omitempty"`
		Servers          []odcsServer   `yaml:"servers,omitempty"`
		Schema           []odcsObject   `yaml:"schema,omitempty"`
		Team             *odcsTeam      `yaml:"team,omitempty"`
		SLAProperties    []odcsSLA      `yaml:"slaProperties,omitempty"`
		CustomProperties []odcsProperty `yaml:"customProperties,omitempty"`
	}
	odcsPurpose struct {
		Purpose     string `yaml:"purpose,omitempty"`
		Usage       string `yaml:"usage,omitempty"`
		Limitations string `yaml:"limitations,omitempty"`
	}
	odcsServer struct {
		Server string `yaml:"server"`
		Type   string `yaml:"type"`
		Host   string `yaml:"host"`
		Format string `yaml:"format"`
	}
	odcsObject struct {
		Name         string       `yaml:"name"`
		PhysicalName string       `yaml:"physicalName,omitempty"`
		PhysicalType string       `yaml:"physicalType,omitempty"`
		BusinessName string       `yaml:"businessName,omitempty"`
		Description  string       `yaml:"description,omitempty"`
		LogicalType  string       `yaml:"logicalType"`
		Properties   []*odcsField `yaml:"properties"`
	}
	odcsField struct {
		Name               string         `yaml:"name"`
		BusinessName       string         `yaml:"businessName,omitempty"`
		Description        string         `yaml:"description,omitempty"`
		LogicalType        string         `yaml:"logicalType"`
		LogicalTypeOptions map[string]any `yaml:"logicalTypeOptions,omitempty"`
		Required           bool           `yaml:"required,omitempty"`
		PrimaryKey         bool           `yaml:"primaryKey,omitempty"`
		PrimaryKeyPosition int            `yaml:"primaryKeyPosition,omitempty"`
		Classification     string         `yaml:"classification,omitempty"`
		CriticalData       bool           `yaml:"criticalDataElement,omitempty"`
		Quality            []odcsQuality  `yaml:"quality,omitempty"`
		Properties         []*odcsField   `yaml:"properties,omitempty"`
		Items              *odcsField     `yaml:"items,omitempty"`
	}
	odcsQuality struct {
		Metric      string         `yaml:"metric"`
		Description string         `yaml:"description,omitempty"`
		Dimension   string         `yaml:"dimension"`
		Arguments   map[string]any `yaml:"arguments,omitempty"`
		MustBe      int            `yaml:"mustBe"`
	}
	odcsTeam struct {
		Name    string       `yaml:"name"`
		Members []odcsMember `yaml:"members"`
	}
	odcsMember struct {
		Username string `yaml:"username"`
		Name     string `yaml:"name,omitempty"`
		Role     string `yaml:"role"`
	}
	odcsSLA struct {
		Property string `yaml:"property"`
		Value    string `yaml:"value"`
	}
	odcsProperty struct {
		Property string `yaml:"property"`
		Value    any    `yaml:"value"`
	}
)

// odcsFeed is the custom property that holds the feed's declaration whole, so that a contract can come back as it went.
const odcsFeed = "wukuFeed"

// ODCS is a feed's contract in the Open Data Contract Standard v3.1, as YAML: what a message looks like, field by field with
// meaning, format, sensitivity and checks, who answers for it and how often it comes. server names the broker's bootstrap address
// where that is to be told; "" leaves it out. The feed's own declaration stands whole in the custom property wukuFeed: see FromODCS.
func (c *Catalog) ODCS(f *Feed, server string) ([]byte, error) {
	d := &odcsContract{Version: "1." + digest(f)[:12], APIVersion: odcsVersion, Kind: "DataContract", ID: c.Name + "." + f.Name, Name: f.ZH,
		Tenant: c.Name, Status: "active", SLAProperties: []odcsSLA{}}
	if len(f.Claims) > 0 {
		d.Domain = f.Claims[0].Library
	}
	if f.Resource != nil {
		d.Description = odcsPurpose{Purpose: f.Resource.Abstract, Usage: "share: " + f.Resource.Share + ", open: " + f.Resource.Open, Limitations: f.Resource.Condition}
	}
	if server != "" {
		d.Servers = []odcsServer{{Server: "platform", Type: "kafka", Host: server, Format: f.Format}}
	}
	if f.Cycle != "" {
		d.SLAProperties = append(d.SLAProperties, odcsSLA{"frequency", f.Cycle})
	}
	if dep := c.departmentOf(f); dep != nil {
		d.Team = &odcsTeam{Name: dep.ZH}
		for role, who := range map[string]*Contact{"owner": f.Contact, "platform": f.Counterpart} {
			if who != nil {
				d.Team.Members = append(d.Team.Members, odcsMember{Username: f.Department + "/" + role, Name: who.Name, Role: role})
			}
		}
		slices.SortFunc(d.Team.Members, func(a, b odcsMember) int { return strings.Compare(a.Role, b.Role) })
	}
	root := &odcsField{Name: f.Name, LogicalType: "object"}
	c.odcsFields(root, f)
	d.Schema = []odcsObject{{Name: f.Name, PhysicalName: f.Topic, PhysicalType: "topic", BusinessName: f.ZH, Description: f.EN, LogicalType: "object", Properties: root.Properties}}
	d.CustomProperties = []odcsProperty{{odcsFeed, f}}
	return yaml.MarshalWithOptions(d, yaml.Indent(2), yaml.IndentSequence(true))
}

// odcsFields adds every path that the feed reads.
func (c *Catalog) odcsFields(root *odcsField, f *Feed) {
	for i, path := range f.Key {
		p := root.at(path)
		p.Required, p.PrimaryKey, p.PrimaryKeyPosition = true, true, i+1
	}
	for i := range f.Claims {
		s := &f.Claims[i]
		l, from := c.Library(s.Library), root
		if s.Each != "" {
			list := root.at(s.Each)
			list.LogicalType = "array"
			if list.Items == nil {
				list.Items = &odcsField{Name: "item", LogicalType: "object"}
			}
			from = list.Items
			for _, path := range s.ListKey {
				from.at(path).Required = true
			}
		}
		for j := range s.Fields {
			x := &s.Fields[j]
			path, whole := strings.CutPrefix(x.From, "$.")
			if path == "" || l == nil || l.Element(x.Element) == nil {
				continue
			}
			p := from
			if whole {
				p = root
			}
			c.odcsField(p.at(path), x, l, l.Element(x.Element))
		}
	}
	if f.Format != FormatDebezium {
		if f.Version.Field != "" {
			root.at(f.Version.Field).Required = true
		}
		if f.EventTime != nil {
			root.at(f.EventTime.Field)
		}
	}
	if f.Delete != nil && f.Delete.Field != "" {
		p := root.at(f.Delete.Field)
		p.Description = strings.TrimSpace(p.Description + " " + strings.Join(f.Delete.Values, ", ") + ": gone 删除")
	}
}

// at is the field of a path below another, made where it is not yet there.
func (p *odcsField) at(path string) *odcsField {
	for name := range strings.SplitSeq(strings.TrimPrefix(path, "$."), ".") {
		i := slices.IndexFunc(p.Properties, func(o *odcsField) bool { return o.Name == name })
		if i < 0 {
			i = len(p.Properties)
			p.Properties = append(p.Properties, &odcsField{Name: name, LogicalType: "string"})
		}
		if p.LogicalType == "string" {
			p.LogicalType = "object"
		}
		p = p.Properties[i]
	}
	return p
}

// odcsField describes one field by the first element that it fills.
func (c *Catalog) odcsField(p *odcsField, x *Field, l *Library, e *Element) {
	p.Required = p.Required || x.Required
	p.CriticalData = p.CriticalData || identifies(l, e.Name)
	if p.BusinessName != "" {
		return
	}
	p.BusinessName, p.Description, p.Classification = e.ZH, e.Definition, fmt.Sprintf("level %d", e.Level)
	if x.Definition != "" {
		p.Description = x.Definition
	}
	options := map[string]any{}
	switch {
	case isTime(e.Type) && strings.HasPrefix(x.Format, "epoch"):
		p.LogicalType = "integer"
		p.Description = strings.TrimSpace(p.Description + " (" + x.Format + ")")
	case isTime(e.Type):
		p.LogicalType = map[string]string{TypeDate: "date", TypeDateTime: "timestamp"}[e.Type]
		options["format"] = x.Format
		if x.Format == "iso" {
			options["format"] = "yyyy-MM-dd'T'HH:mm:ssXXX"
		}
		if e.Type == TypeDate && e.Min != nil {
			options["minimum"] = *e.Min
		}
	case e.Type == TypeInt && x.Scale == 0:
		p.LogicalType = "integer"
	case isNumber(e.Type):
		p.LogicalType = "number"
	case e.MaxLength > 0 && len(x.Values) == 0:
		options["maxLength"] = e.MaxLength
	}
	if e.Pattern != "" && p.LogicalType == "string" {
		options["pattern"] = "^(?:" + e.Pattern + ")$"
	}
	if len(options) > 0 {
		p.LogicalTypeOptions = options
	}
	p.Quality = c.odcsQuality(x, e)
}

// maxValid is how many codes are listed in a contract: of longer tables, such as that of divisions, the codes' form is.
const maxValid = 60

func (c *Catalog) odcsQuality(x *Field, e *Element) []odcsQuality {
	var out []odcsQuality
	if x.Required {
		out = append(out, odcsQuality{Metric: "nullValues", Dimension: "completeness", Description: "a message without it goes to quarantine"})
	}
	t := c.CodeTable(e.Codes)
	if t == nil {
		return out
	}
	valid := sortedKeys(t.Values)
	if len(x.Values) > 0 {
		valid = sortedKeys(x.Values)
	}
	q := odcsQuality{Metric: "invalidValues", Dimension: "conformity", Description: strings.TrimSpace("codes of table " + t.Name + " " + t.ZH + " " + t.Standard)}
	if len(valid) <= maxValid {
		q.Arguments = map[string]any{"validValues": valid}
	} else {
		q.Arguments = map[string]any{"pattern": patternOf(valid)}
	}
	return append(out, q)
}

// patternOf is the narrowest plain pattern that all codes have.
func patternOf(codes []string) string {
	least, most, class := len(codes[0]), 0, "[0-9]"
	for _, c := range codes {
		least, most = min(least, utf8.RuneCountInString(c)), max(most, utf8.RuneCountInString(c))
		for _, r := range c {
			switch {
			case r >= '0' && r <= '9':
			case (r >= 'A' && r <= 'Z' || r >= 'a' && r <= 'z') && class != ".":
				class = "[0-9A-Za-z]"
			default:
				class = "."
			}
		}
	}
	return fmt.Sprintf("^%s{%d,%d}$", class, least, most)
}

// FromODCS reads a contract and returns the file of its feed, as YAML. A contract that ODCS has written comes back whole, with
// what was changed in the standard's own fields: name, purpose, frequency, topic and the owner's name. A contract from elsewhere
// gives the beginning of a feed: its fields are listed, and what they mean in our libraries is to be added; catalog check says
// what is missing.
func FromODCS(text []byte) ([]byte, error) {
	var d odcsContract
	if err := yaml.Unmarshal(text, &d); err != nil {
		return nil, fmt.Errorf("not an ODCS contract: %s", yaml.FormatError(err, false, false))
	}
	if d.Kind != "DataContract" || !strings.HasPrefix(d.APIVersion, "v3.") || len(d.Schema) == 0 {
		return nil, fmt.Errorf("kind %q, apiVersion %q, %d schema objects: want a DataContract of ODCS v3 with at least one schema object", d.Kind, d.APIVersion, len(d.Schema))
	}
	f, err := d.declared()
	if err != nil {
		return nil, err
	}
	if f == nil {
		return d.sketch()
	}
	f.ZH = d.Name
	if f.Resource != nil && d.Description.Purpose != "" {
		f.Resource.Abstract = d.Description.Purpose
	}
	for _, s := range d.SLAProperties {
		if s.Property == "frequency" {
			f.Cycle = s.Value
		}
	}
	if t := d.Schema[0].PhysicalName; t != "" {
		f.Topic = t
	}
	if d.Team != nil && f.Contact != nil {
		for _, m := range d.Team.Members {
			if m.Role == "owner" && m.Name != "" {
				f.Contact.Name = m.Name
			}
		}
	}
	return yaml.MarshalWithOptions(f, yaml.Indent(2), yaml.IndentSequence(true))
}

// declared is the feed in the contract's custom property, or nil.
func (d *odcsContract) declared() (*Feed, error) {
	for _, p := range d.CustomProperties {
		if p.Property != odcsFeed {
			continue
		}
		text, err := yaml.Marshal(p.Value)
		if err != nil {
			return nil, err
		}
		f := &Feed{}
		if err := yaml.Unmarshal(text, f); err != nil {
			return nil, fmt.Errorf("custom property %s: %w", odcsFeed, err)
		}
		return f, nil
	}
	return nil, nil
}

// sketch is the beginning of a feed for a contract from elsewhere.
func (d *odcsContract) sketch() ([]byte, error) {
	name := strings.NewReplacer("-", "_", " ", "_", "/", "_").Replace(strings.ToLower(d.Schema[0].Name))
	department, resource, dotted := strings.Cut(name, ".")
	if !dotted {
		department, resource = "department", name
	}
	f := &Feed{Name: department + "." + resource, Department: department, ZH: d.Name, Topic: d.Schema[0].PhysicalName, Format: FormatJSON, Version: Version{Kind: VersionBroker}, Claims: []Slot{}}
	fields := strings.Builder{}
	for _, p := range d.Schema[0].Properties {
		if p.PrimaryKey {
			f.Key = append(f.Key, p.Name)
		}
		fmt.Fprintf(&fields, "#   %s: %s %s\n", p.Name, p.LogicalType, strings.Join(strings.Fields(p.BusinessName+" "+p.Description), " "))
	}
	text, err := yaml.MarshalWithOptions(f, yaml.Indent(2), yaml.IndentSequence(true))
	return append([]byte("# From an ODCS contract: add claims that map these fields to elements.\n"+fields.String()), text...), err
}
