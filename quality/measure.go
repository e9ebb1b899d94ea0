package quality

import (
	"strings"

	"wuku/catalog"
)

// Measure is one of the 30 measures of GB/T 36344-2018 with the codes and formulas of DB31/T 1523-2024, tables 2 to 7 (known from a
// secondary source, not from the standard's own text). Every one is A/B but those that say 1 - A/B, or the mean of their parts.
type Measure struct {
	Code      string `json:"code"`
	ZH        string `json:"zh"`
	EN        string `json:"en"`
	Formula   string `json:"formula"`
	Dimension string `json:"dimension"` // code of two digits
	// What counts here: how A and B are taken, or that nothing in this system can be counted for it yet.
	Counts string `json:"counts"`
}

// Dimension is one of the six dimensions of GB/T 36344-2018.
type Dimension struct {
	Code, ZH, EN string
}

// Dimensions returns the six dimensions.
func Dimensions() []Dimension {
	return []Dimension{{"01", "规范性", "conformity"}, {"02", "完整性", "completeness"}, {"03", "准确性", "accuracy"}, {"04", "一致性", "consistency"},
		{"05", "时效性", "timeliness"}, {"06", "可访问性", "accessibility"}}
}

// What B is for a measure. A is B less what is found, so that a share of 1 is without fault.
const (
	perValue  = "values"   // values that live records hold, by the mapping: records x mapped elements
	perRecord = "records"  // live records
	perFeed   = "feeds"    // feeds with a declared cycle
	perSend   = "messages" // messages
	perMean   = "mean"     // the mean of its parts
	perNone   = "none"     // nothing to count yet
)

// Measures returns the 30 measures and their parts, in the order of their codes.
func Measures() []Measure {
	m := func(code, zh, en, counts string) Measure {
		formula := "A/B"
		switch {
		case counts == perMean:
			formula = "mean of its parts"
		case code == "0303" || code == "0305":
			formula = "1 - A/B"
		}
		return Measure{Code: code, ZH: zh, EN: en, Formula: formula, Dimension: code[:2], Counts: counts}
	}
	return []Measure{
		m("0101", "数据标准", "data standard", perMean), m("010101", "数据类型", "type", perValue), m("010102", "数据格式", "format", perValue), m("010103", "数据长度", "length", perValue),
		m("0102", "数据模型", "data model", perValue), m("0103", "元数据", "metadata", perValue), m("0104", "业务规则", "business rules", perValue),
		m("0105", "权威参考数据", "authoritative reference data", perValue), m("0106", "安全规范", "security", perValue),
		m("0201", "数据元素完整性", "elements complete", perValue), m("0202", "数据记录完整性", "records complete", perSend),
		m("0301", "数据内容正确性", "content right", perValue), m("0302", "数据格式合规性", "form right", perValue), m("0303", "数据重复率", "duplication", perRecord),
		m("0304", "数据唯一性", "uniqueness", perRecord), m("0305", "脏数据出现率", "dirty data", perValue), m("0306", "标准参照", "reference to standards", perValue),
		m("0401", "相同数据一致性", "same data agree", perValue), m("0402", "关联数据一致性", "related data agree", perMean), m("040201", "表内等值", "equal within a table", perValue),
		m("040202", "表内逻辑", "logic within a table", perValue), m("040203", "跨表等值", "equal across tables", perValue), m("040204", "跨表逻辑", "logic across tables", perValue),
		m("0403", "与元数据一致", "agrees with metadata", perValue),
		m("0501", "基于时间段的正确性", "right within periods", perValue), m("0502", "基于时间点的及时性", "in time", perFeed), m("0503", "时序性", "order in time", perValue),
		m("0504", "授权使用时效", "use within its term", perNone),
		m("0601", "可访问", "accessible", perFeed), m("0602", "可用", "usable", perSend),
	}
}

// MeasureOf is the code of the measure that a rule counts for: its declaration says so, or the kind of the fault.
func MeasureOf(c *catalog.Catalog, rule string) string {
	if r, _ := c.Rule(rule); r != nil {
		return r.Measure
	}
	for _, x := range []struct{ code, measure string }{
		{RuleDiffers, "0401"}, {RuleDoubted, "0301"}, {RuleTruth, "0301"}, {RuleDuplicate, "0303"}, {RuleOverlaps, "0402"}, {RuleOutside, "0402"}, {"value.null", "0201"}, {"value.format", "010102"}, {"value.length", "010103"}, {"value.code", "0306"},
		{"value.range", "0104"}, {"value.pattern", "0302"}, {"relation.order", "0503"}, {"relation.division_year", "0105"}, {"relation.swapped", "0305"}, {"feed.stale", "0502"},
	} {
		if rule == x.code {
			return x.measure
		}
	}
	switch {
	case strings.HasPrefix(rule, "relation."):
		return "040202"
	case strings.HasPrefix(rule, "message."):
		return "0202"
	}
	return "0301" // identifiers that fail their check
}

// FourQualities maps the four qualities of the appraisal to dimensions and measures. 真实性 准确性 完整性 时效性
func FourQualities() map[string][]string {
	return map[string][]string{"authenticity": {"0105", "0301", "0401", "0402"}, "accuracy": {"0101", "0104", "0302", "0303", "0304", "0305", "0306"},
		"completeness": {"0201", "0202"}, "timeliness": {"0501", "0502", "0503"}}
}
