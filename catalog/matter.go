package catalog

import "slices"

// Matter is one file of matters/: something that people come to the government for, with what they are asked to bring. 事项
type Matter struct {
	Name       string     `yaml:"matter" json:"matter"` // [a-z][a-z0-9_]*, the file's name
	ZH         string     `yaml:"zh" json:"zh"`
	EN         string     `yaml:"en" json:"en"`
	Department string     `yaml:"department" json:"department"`                   // competent for it 主管部门
	Purpose    string     `yaml:"purpose" json:"purpose"`                         // that the grants of a counter name
	Channel    string     `yaml:"channel" json:"channel"`                         // online, elsewhere or places
	Scope      string     `yaml:"scope" json:"scope"`                             // how far proofs are recognised: city, region, province or nation
	Region     []string   `yaml:"region,omitempty" json:"region,omitempty"`       // of scope region: the divisions (2, 4 or 6 digits) that recognise each other
	Automatic  bool       `yaml:"automatic,omitempty" json:"automatic,omitempty"` // decided by rule when every material is proved 无人工干预
	Deciders   []string   `yaml:"deciders" json:"deciders"`                       // who decides otherwise: departments, or counter
	Baseline   Baseline   `yaml:"baseline" json:"baseline"`
	Parties    []Party    `yaml:"parties" json:"parties"`
	Steps      []Step     `yaml:"steps" json:"steps"`
	Materials  []Material `yaml:"materials" json:"materials"`
}

// Baseline is what the matter took before the libraries: savings are counted from it. 改革前
type Baseline struct {
	Materials int `yaml:"materials" json:"materials"` // that had to be brought
	Days      int `yaml:"days" json:"days"`           // working days until the decision
	Steps     int `yaml:"steps" json:"steps"`         // visits and stations
}

// Party is somebody whose number opens a case. 当事人
type Party struct {
	Name    string `yaml:"party" json:"party"`
	ZH      string `yaml:"zh" json:"zh"`
	EN      string `yaml:"en" json:"en"`
	Library string `yaml:"library" json:"library"` // person or organisation
}

// Step is one check of a case. All steps of a case run at once. 环节
type Step struct {
	Name       string `yaml:"step" json:"step"`
	ZH         string `yaml:"zh" json:"zh"`
	EN         string `yaml:"en" json:"en"`
	Department string `yaml:"department" json:"department"` // whose check it is
}

// Material is one thing that had to be brought: proved by a library now, or still brought. 材料
type Material struct {
	Name  string `yaml:"material" json:"material"`
	ZH    string `yaml:"zh" json:"zh"`
	EN    string `yaml:"en" json:"en"`
	Step  string `yaml:"step" json:"step"`
	Party string `yaml:"party,omitempty" json:"party,omitempty"` // whose it is; not said: the only party
	Bring string `yaml:"bring,omitempty" json:"bring,omitempty"` // why no library proves it; a material has this or proof
	Proof *Proof `yaml:"proof,omitempty" json:"proof,omitempty"`
}

// Proof says what in a library stands for a material. 证明
type Proof struct {
	Library  string   `yaml:"library" json:"library"`
	By       []string `yaml:"by,omitempty" json:"by,omitempty"`             // elements that hold the party's number; not said: all that can
	Where    string   `yaml:"where,omitempty" json:"where,omitempty"`       // which records are meant, such as those of one kind; in the language of quality rules
	Must     string   `yaml:"must,omitempty" json:"must,omitempty"`         // what must hold of a record, in the same language
	Absent   bool     `yaml:"absent,omitempty" json:"absent,omitempty"`     // proved when no record fulfils must
	Elements []string `yaml:"elements,omitempty" json:"elements,omitempty"` // values that stand for the material; without it the proof is yes or no
	Sources  []string `yaml:"sources,omitempty" json:"sources,omitempty"`   // feeds that count as authoritative here; not said: each element's first rank
	Fresh    int      `yaml:"fresh,omitempty" json:"fresh,omitempty"`       // greatest age of a value in days; 0: any
	// Example is a record that proves the material: values by element, as the catalogue writes them. `wuku matter check` tries it.
	Example map[string]string `yaml:"example,omitempty" json:"example,omitempty"`
}

// Channels of cases.
const (
	ChannelOnline    = "online"    // 全程网办: from opening to decision without a visit
	ChannelElsewhere = "elsewhere" // 异地代收代办: handed in at any counter for the competent one
	ChannelPlaces    = "places"    // 多地联办: counters of several places act on one case
)

// Channels lists the channels of cases.
var Channels = [...]string{ChannelOnline, ChannelElsewhere, ChannelPlaces}

// How far a proof is recognised.
const (
	ScopeCity     = "city"     // of the city where the case is opened 本市
	ScopeRegion   = "region"   // of the divisions of Region 区域
	ScopeProvince = "province" // of the whole province 全省
	ScopeNation   = "nation"   // and presentations of other provinces' issuers 跨省
)

// Scopes lists how far proofs are recognised.
var Scopes = [...]string{ScopeCity, ScopeRegion, ScopeProvince, ScopeNation}

// DeciderCounter among Deciders lets the counter that opened a case decide it.
const DeciderCounter = "counter"

// Matter returns the matter of that name, or nil.
func (c *Catalog) Matter(name string) *Matter {
	if i := slices.IndexFunc(c.Matters, func(m Matter) bool { return m.Name == name }); i >= 0 {
		return &c.Matters[i]
	}
	return nil
}

// PartyOf is the party whose a material is, or nil.
func (m *Matter) PartyOf(x *Material) *Party {
	for i := range m.Parties {
		if p := &m.Parties[i]; p.Name == x.Party || x.Party == "" && len(m.Parties) == 1 {
			return p
		}
	}
	return nil
}

// Scope is the names and types that the condition of a proof may use: elements of its library.
func (p *Proof) Scope(c *Catalog) Scope {
	return func(as, element string) (string, bool) {
		l := c.Library(p.Library)
		if l == nil || as != "" {
			return "", false
		}
		e := l.Element(element)
		if e == nil || e.Type == TypeGeometry {
			return "", false
		}
		return exprType(e.Type), true
	}
}
