package catalog

import "slices"

// RulePack is one file of rules/: rules of one family, switched on and off together. 规则包
type RulePack struct {
	Name     string        `yaml:"pack" json:"name"` // [a-z][a-z0-9_]*, the file's name
	ZH       string        `yaml:"zh" json:"zh"`
	EN       string        `yaml:"en,omitempty" json:"en,omitempty"`
	Family   string        `yaml:"family" json:"family"`                         // data, business, management or security
	Disabled bool          `yaml:"disabled,omitempty" json:"disabled,omitempty"` // none of its rules is looked at; what was open closes
	Rules    []QualityRule `yaml:"rules" json:"rules"`
}

// Families of rule packs. 数据规则, 业务规则, 管理规则, 安全规则
const (
	FamilyData       = "data"
	FamilyBusiness   = "business"
	FamilyManagement = "management"
	FamilySecurity   = "security"
)

// RuleFamilies lists the families of rule packs.
var RuleFamilies = [...]string{FamilyData, FamilyBusiness, FamilyManagement, FamilySecurity}

// What a QualityRule looks at.
const (
	OverRecord = "record" // each live claim of a record by itself
	OverEntity = "entity" // each base record, alone or with those of other libraries
)

// Severities of rules, from the gravest. 严重程度
const (
	SeverityCritical = "critical"
	SeverityMajor    = "major"
	SeverityMinor    = "minor"
)

// RuleSeverities lists the severities of rules.
var RuleSeverities = [...]string{SeverityCritical, SeverityMajor, SeverityMinor}

// Who mends what a rule finds.
const (
	AssignFeed  = "feed"  // the department of the record that the value comes from
	AssignOwner = "owner" // the department that owns the element
)

// QualityRule is one declared rule: where When holds, Must must hold too. What is unknown (a missing value) breaks no rule. 质量规则
type QualityRule struct {
	Code     string    `yaml:"rule" json:"rule"` // "family.name", for example cross.dead_representative
	ZH       string    `yaml:"zh" json:"zh"`     // what is wrong, for people
	EN       string    `yaml:"en,omitempty" json:"en,omitempty"`
	Hint     string    `yaml:"hint" json:"hint"`       // what to do
	Measure  string    `yaml:"measure" json:"measure"` // code of GB/T 36344, for example 040204
	Severity string    `yaml:"severity" json:"severity"`
	Library  string    `yaml:"library" json:"library"`
	Over     string    `yaml:"over" json:"over"`                       // record or entity
	Element  string    `yaml:"element" json:"element"`                 // where the finding stands
	Feeds    []string  `yaml:"feeds,omitempty" json:"feeds,omitempty"` // over records: only of these feeds
	With     []Tie     `yaml:"with,omitempty" json:"with,omitempty"`   // over entities: base records that are looked at together
	When     string    `yaml:"when,omitempty" json:"when,omitempty"`
	Must     string    `yaml:"must" json:"must"`
	Assign   string    `yaml:"assign,omitempty" json:"assign,omitempty"` // feed (default) or owner
	Disabled bool      `yaml:"disabled,omitempty" json:"disabled,omitempty"`
	Examples []Example `yaml:"examples,omitempty" json:"examples,omitempty"` // see `wuku rule test`
}

// Tie ties a base record to one of another library: the two elements hold the same value. In expressions its elements are
// written as.element.
type Tie struct {
	As      string `yaml:"as" json:"as"`
	Library string `yaml:"library" json:"library"`
	Element string `yaml:"element" json:"element"` // of the other library
	Is      string `yaml:"is" json:"is"`           // of this library
}

// Example is one case of a rule with its verdict.
type Example struct {
	Name  string                       `yaml:"name" json:"name"`
	Given map[string]string            `yaml:"given" json:"given"`                   // values of the record by element, as the catalogue writes them
	With  map[string]map[string]string `yaml:"with,omitempty" json:"with,omitempty"` // values of related records by alias
	Today string                       `yaml:"today,omitempty" json:"today,omitempty"`
	Finds bool                         `yaml:"finds,omitempty" json:"finds,omitempty"` // the rule is broken
}

// Rule returns the rule of that code with its pack, or nil.
func (c *Catalog) Rule(code string) (*QualityRule, *RulePack) {
	for i := range c.Packs {
		p := &c.Packs[i]
		if k := slices.IndexFunc(p.Rules, func(r QualityRule) bool { return r.Code == code }); k >= 0 {
			return &p.Rules[k], p
		}
	}
	return nil, nil
}

// RulesOf lists the rules in force that look at a library, in the order of their codes.
func (c *Catalog) RulesOf(library string) []*QualityRule {
	var out []*QualityRule
	for i := range c.Packs {
		if c.Packs[i].Disabled {
			continue
		}
		for k := range c.Packs[i].Rules {
			if r := &c.Packs[i].Rules[k]; r.Library == library && !r.Disabled {
				out = append(out, r)
			}
		}
	}
	slices.SortFunc(out, func(a, b *QualityRule) int { return compareText(a.Code, b.Code) })
	return out
}

func compareText(a, b string) int {
	switch {
	case a < b:
		return -1
	case a > b:
		return 1
	}
	return 0
}

// Broken is what raises a rule's finding: When and not Must, parsed and checked.
func (c *Catalog) Broken(r *QualityRule) (*Expr, error) {
	scope := c.scopeOf(r)
	must, err := ParseExpr(r.Must, scope)
	if err != nil {
		return nil, err
	}
	broken := must.Negated()
	if r.When == "" {
		return broken, nil
	}
	when, err := ParseExpr(r.When, scope)
	if err != nil {
		return nil, err
	}
	return &Expr{Op: OpAnd, Args: []*Expr{when, broken}, Type: ExprBool}, nil
}

// scopeOf says which names the expressions of a rule may use, and of which type they are.
func (c *Catalog) scopeOf(r *QualityRule) Scope {
	return func(as, element string) (string, bool) {
		library := r.Library
		for _, w := range r.With {
			if w.As == as {
				library = w.Library
			}
		}
		l := c.Library(library)
		if l == nil || as != "" && !slices.ContainsFunc(r.With, func(w Tie) bool { return w.As == as }) {
			return "", false
		}
		switch {
		case element == "updated" && (r.Over == OverEntity || as != ""), element == "event_time" && r.Over == OverRecord && as == "":
			return ExprTime, true
		}
		e := l.Element(element)
		if e == nil || e.Type == TypeGeometry {
			return "", false
		}
		return exprType(e.Type), true
	}
}

func exprType(element string) string {
	switch element {
	case TypeInt, TypeDecimal, TypeFloat:
		return ExprNumber
	case TypeBool:
		return ExprBool
	case TypeDate:
		return ExprDate
	case TypeDateTime:
		return ExprTime
	}
	return ExprText
}
