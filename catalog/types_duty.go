package catalog

// Batch is one responsibility list as it was issued. 责任清单批次
type Batch struct {
	Number string `yaml:"batch" json:"number"` // "1", "2", …
	ZH     string `yaml:"zh" json:"zh"`
	Issued string `yaml:"issued" json:"issued"` // 2006-01-02
	Due    string `yaml:"due" json:"due"`       // when its items must be delivered, 2006-01-02
}

// Item is one duty on a responsibility list: a department is to deliver a resource. It is fulfilled by the feed that names it;
// until there is one, it counts as open. 责任清单事项
type Item struct {
	Number     string   `yaml:"item" json:"number"` // <batch>-<three digits>, for example 1-001
	Department string   `yaml:"department" json:"department"`
	ZH         string   `yaml:"zh" json:"zh"`
	Library    string   `yaml:"library" json:"library"`                   // the base library that it serves
	Urgency    string   `yaml:"urgency" json:"urgency"`                   // urgent, high or normal
	Demand     []string `yaml:"demand,omitempty" json:"demand,omitempty"` // departments that have asked for it
	Due        string   `yaml:"due,omitempty" json:"due,omitempty"`       // if it differs from the batch's
}

// Resource is the core metadata of the national guide to resource catalogues (政务信息资源目录编制指南, 2017) that a feed does not
// say otherwise: its provider is the department, its items are the mapped fields, its cycle is the feed's. 信息资源
type Resource struct {
	// Code is 类 (1 base, 2 theme, 3 department), 项 (2 digits), 目 (3 digits), 细目 (any), "/", 顺序码. Of class 1 the second and
	// third digit number the library (01 person, 02 organisation, 03 place, 04 credit, 05 certificate), of class 3 the tier (01
	// nation, 02 province, 03 city), and 目 is the department's number.
	Code      string   `yaml:"code" json:"code"`
	Abstract  string   `yaml:"abstract" json:"abstract"`                       // 摘要
	Form      string   `yaml:"form" json:"form"`                               // table (0200 库表), file (0310 文件) or api (0400 接口)
	Share     string   `yaml:"share" json:"share"`                             // unconditional, conditional or none 共享类型
	Condition string   `yaml:"condition,omitempty" json:"condition,omitempty"` // of sharing: whom, for what; or the ground for refusing
	Open      string   `yaml:"open" json:"open"`                               // unconditional, conditional or none 开放属性
	Published string   `yaml:"published" json:"published"`                     // 2006-01-02
	Related   []string `yaml:"related,omitempty" json:"related,omitempty"`     // codes of related resources
}

// Relation is what must hold between elements of one claim. 勾稽关系
//
//	order          the first date is not after the second
//	born           the date is the date of birth in the citizen number
//	sex            the code (GB/T 2261.1) is the sex in the citizen number, or says that it is unknown
//	county         the county in the citizen number can have been given out since the birth
//	division_year  the division code was in use in the year of the date, by the history of the divisions
//	swapped        the code or identifier and the text of its name stand each in their own place
type Relation struct {
	Kind     string   `yaml:"kind" json:"kind"`
	Elements []string `yaml:"elements" json:"elements"` // one (county) or two, in the order of the kind's sentence
}

// Kinds of Relation.
const (
	RelationOrder        = "order"
	RelationBorn         = "born"
	RelationSex          = "sex"
	RelationCounty       = "county"
	RelationDivisionYear = "division_year"
	RelationSwapped      = "swapped"
)

// Sharing types of elements and resources (国发〔2016〕51号).
const (
	ShareFree        = "unconditional" // 无条件共享
	ShareConditional = "conditional"   // 有条件共享
	ShareNone        = "none"          // 不予共享
)

// Item returns the item of that number, or nil.
func (c *Catalog) Item(number string) *Item {
	for i := range c.Items {
		if c.Items[i].Number == number {
			return &c.Items[i]
		}
	}
	return nil
}

// Batch returns the batch that an item stands in, or nil.
func (c *Catalog) Batch(item *Item) *Batch {
	for i := range c.Batches {
		if batchOf(item.Number) == c.Batches[i].Number {
			return &c.Batches[i]
		}
	}
	return nil
}

// Progress is how far a list of items is fulfilled.
type Progress struct {
	Name      string `json:"name"` // the batch's number, or the library's name
	Items     int    `json:"items"`
	Delivered int    `json:"delivered"` // a feed names them
	Urgent    int    `json:"urgent"`    // open ones of the highest urgency
}

// ProgressByBatch counts delivered items by batch, ProgressByLibrary by base library, both in the order of the catalogue.
func (c *Catalog) ProgressByBatch() []Progress {
	var out []Progress
	for _, b := range c.Batches {
		out = append(out, c.progress(b.Number, func(i *Item) bool { return batchOf(i.Number) == b.Number }))
	}
	return out
}

// ProgressByLibrary counts delivered items by base library.
func (c *Catalog) ProgressByLibrary() []Progress {
	var out []Progress
	for _, l := range c.Libraries {
		out = append(out, c.progress(l.Name, func(i *Item) bool { return i.Library == l.Name }))
	}
	return out
}

func (c *Catalog) progress(name string, counts func(*Item) bool) Progress {
	feeds := map[string]bool{}
	for i := range c.Feeds {
		feeds[c.Feeds[i].Item] = true
	}
	p := Progress{Name: name}
	for i := range c.Items {
		item := &c.Items[i]
		switch {
		case !counts(item):
			continue
		case feeds[item.Number]:
			p.Delivered++
		case item.Urgency == Urgencies[0]:
			p.Urgent++
		}
		p.Items++
	}
	return p
}
