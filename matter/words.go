package matter

import "fmt"

// point makes a point with its words: what is open, and who can mend it.
func (p *Plan) point(x *Planned, code, element, feed string) Point {
	out := Point{Code: code, Element: element, Feed: feed}
	what, ofZH, ofEN := x.ZH, "", ""
	if f := p.catalog.Feed(feed); f != nil {
		out.Department = f.Department
		ofZH, ofEN = "（"+f.ZH+"）", " ("+feed+")"
	} else if x.proof != nil && len(x.Sources) > 0 {
		if f := p.catalog.Feed(x.Sources[0]); f != nil {
			out.Department = f.Department
		}
	}
	switch code {
	case Bring:
		out.ZH, out.EN = fmt.Sprintf("请提交%s：%s", what, x.Reason), fmt.Sprintf("bring the %s: no library proves it", x.EN)
	case Weak:
		out.ZH, out.EN = fmt.Sprintf("%s的%s不是权威来源%s", what, element, ofZH), fmt.Sprintf("%s: %s does not come from a source that counts here%s", x.EN, element, ofEN)
	case Foreign:
		out.ZH, out.EN = fmt.Sprintf("%s的%s来自互认范围以外%s", what, element, ofZH), fmt.Sprintf("%s: %s comes from outside the scope of recognition%s", x.EN, element, ofEN)
	case TooOld:
		out.ZH, out.EN = fmt.Sprintf("%s的%s已过时效或来源超期未更新%s", what, element, ofZH), fmt.Sprintf("%s: %s is too old, or its source does not deliver%s", x.EN, element, ofEN)
	case Doubtful:
		out.ZH, out.EN = fmt.Sprintf("%s的%s有未处理的质量问题%s", what, element, ofZH), fmt.Sprintf("%s: a finding on %s is open%s", x.EN, element, ofEN)
	case Missing:
		out.ZH, out.EN = fmt.Sprintf("库中没有%s%s", what, spaced(element)), fmt.Sprintf("no %s in the library%s", x.EN, spaced(element))
	case Failed:
		out.ZH, out.EN = fmt.Sprintf("%s不符合条件%s", what, spaced(element)), fmt.Sprintf("%s: the condition does not hold%s", x.EN, spaced(element))
	case Closed:
		out.ZH, out.EN = fmt.Sprintf("没有可用于%s的授权", what), fmt.Sprintf("no grant allows the %s", x.EN)
	}
	return out
}

func spaced(element string) string {
	if element == "" {
		return ""
	}
	return " (" + element + ")"
}
