package catalog

import (
	"cmp"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
)

// shown JSON is a contract: scripts read it.
type showDoc struct {
	Departments   []Department   `json:"departments"`
	Feeds         []Feed         `json:"feeds"`
	Libraries     []Library      `json:"libraries"`
	Jurisdictions []Jurisdiction `json:"jurisdictions"`
	Codes         []CodeTable    `json:"codes"`
	Batches       []Batch        `json:"batches"`
	Items         []Item         `json:"items"`
	Progress      showProgress   `json:"progress"`
}

type showProgress struct {
	Batches   []Progress `json:"batches"`
	Libraries []Progress `json:"libraries"`
}

// ShowJSON is the catalogue for scripts: {"departments":[…],"feeds":[…],"libraries":[{"name","elements":[…]}],
// "jurisdictions":[…],"codes":[…],"batches":[…],"items":[…],"progress":{"batches":[…],"libraries":[…]}}, indented. Every feed has its topic; lists are never null.
func ShowJSON(c *Catalog) []byte {
	d := showDoc{Departments: orEmpty(c.Departments), Feeds: orEmpty(c.Feeds), Libraries: orEmpty(c.Libraries),
		Jurisdictions: orEmpty(c.Jurisdictions), Codes: orEmpty(c.Codes),
		Batches: orEmpty(c.Batches), Items: orEmpty(c.Items), Progress: showProgress{orEmpty(c.ProgressByBatch()), orEmpty(c.ProgressByLibrary())}}
	out, err := json.MarshalIndent(d, "", "  ")
	if err != nil {
		return nil // cannot be, see encode
	}
	return append(out, '\n')
}

func orEmpty[T any](list []T) []T {
	if list == nil {
		return []T{}
	}
	return list
}

// ShowText is the catalogue for people: tables with the Chinese terms beside the English ones.
func ShowText(c *Catalog) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s %s: %d departments 部门, %d feeds 数据资源, %d libraries 基础库\n", c.Name, c.ZH, len(c.Departments), len(c.Feeds), len(c.Libraries))
	fmt.Fprintf(&b, "digest 摘要 %s\n", Digest(c))
	showDepartments(&b, c)
	showFeeds(&b, c)
	showDuties(&b, c)
	for i := range c.Libraries {
		showLibrary(&b, &c.Libraries[i])
	}
	return b.String()
}

func showDepartments(b *strings.Builder, c *Catalog) {
	t := table{{"department 部门", "name 名称", "", "tier 层级", "jurisdiction 辖区", "feeds 数据资源"}}
	for _, d := range c.Departments {
		feeds := 0
		for _, f := range c.Feeds {
			if f.Department == d.Code {
				feeds++
			}
		}
		t = append(t, []string{d.Code, d.ZH, d.EN, d.Tier, d.Jurisdiction, strconv.Itoa(feeds)})
	}
	t.print(b)
}

func showFeeds(b *strings.Builder, c *Catalog) {
	t := table{{"feed 数据资源", "name 名称", "topic 主题", "format 格式", "cycle 周期", "libraries 基础库", "item 事项", "code 目录代码", "share 共享"}}
	for _, f := range c.Feeds {
		var libraries []string
		for _, s := range f.Claims {
			libraries = append(libraries, s.Library)
		}
		r := cmp.Or(f.Resource, &Resource{})
		t = append(t, []string{f.Name, f.ZH, f.Topic, f.Format, f.Cycle, strings.Join(set(libraries), ", "), f.Item, r.Code, r.Share})
	}
	t.print(b)
}

// showDuties is how far the responsibility lists are fulfilled, and which of their items are open.
func showDuties(b *strings.Builder, c *Catalog) {
	if len(c.Items) == 0 {
		return
	}
	t := table{{"responsibility list 责任清单", "name 名称", "due 期限", "items 事项", "delivered 已挂接", "%", "open and urgent 急需未挂接"}}
	for i, p := range c.ProgressByBatch() {
		t = append(t, []string{p.Name, c.Batches[i].ZH, c.Batches[i].Due, strconv.Itoa(p.Items), strconv.Itoa(p.Delivered), p.percent(), strconv.Itoa(p.Urgent)})
	}
	for i, p := range c.ProgressByLibrary() {
		t = append(t, []string{p.Name, c.Libraries[i].ZH, "", strconv.Itoa(p.Items), strconv.Itoa(p.Delivered), p.percent(), strconv.Itoa(p.Urgent)})
	}
	t.print(b)
	fulfilled := map[string]bool{}
	for _, f := range c.Feeds {
		fulfilled[f.Item] = true
	}
	t = table{{"open item 未挂接事项", "department 部门", "name 名称", "urgency 紧急程度", "asked for by 需求部门"}}
	for _, item := range c.Items {
		if !fulfilled[item.Number] {
			t = append(t, []string{item.Number, item.Department, item.ZH, item.Urgency, strings.Join(item.Demand, ", ")})
		}
	}
	if len(t) > 1 {
		t.print(b)
	}
}

// percent is the delivered share, rounded down, so that 100 means all.
func (p Progress) percent() string {
	if p.Items == 0 {
		return ""
	}
	return strconv.Itoa(p.Delivered * 100 / p.Items)
}

func showLibrary(b *strings.Builder, l *Library) {
	fmt.Fprintf(b, "\nlibrary 基础库 %s %s %s\n", l.Name, l.ZH, l.EN)
	for i, id := range l.Identity {
		fmt.Fprintf(b, "  identity 标识 %d: %s = %s\n", i+1, id.Scheme, strings.Join(id.Elements, " | "))
	}
	t := table{{"element 数据元", "name 名称", "type 类型", "level 级别", "personal 个人", "group 组", "share 共享", "owner 数源", "event 事件", "authority 权威来源"}}
	for _, e := range l.Elements {
		kind := e.Type
		if what := e.Codes + e.Scheme; what != "" {
			kind += " " + what
		}
		t = append(t, []string{e.Name, e.ZH, kind, strconv.Itoa(e.Level), yes(e.Personal), e.Group, e.Share, e.Owner, e.Event, authorityText(&e)})
	}
	t.print(b)
}

func yes(v bool) string {
	if v {
		return "yes 是"
	}
	return ""
}

// authorityText is an authority list on one line: ranks parted by >, the feeds of one rank by /.
func authorityText(e *Element) string {
	ranks := make([]string, len(e.Authority))
	for i, r := range e.Authority {
		ranks[i] = strings.Join(r, " / ")
	}
	text := strings.Join(ranks, " > ")
	if e.Strict {
		text += " (strict 仅首位)"
	}
	return text
}

// table is rows of cells, the first one the header; cells are aligned by the width that a terminal draws.
type table [][]string

func (t table) print(b *strings.Builder) {
	widths := make([]int, len(t[0]))
	for _, row := range t {
		for i, cell := range row {
			widths[i] = max(widths[i], width(cell))
		}
	}
	b.WriteByte('\n')
	for _, row := range t {
		var line strings.Builder
		for i, cell := range row {
			line.WriteString(cell + strings.Repeat(" ", widths[i]-width(cell)+2))
		}
		b.WriteString(strings.TrimRight(line.String(), " ") + "\n")
	}
}

func width(text string) int {
	n := 0
	for _, r := range text {
		n++
		if wide(r) {
			n++
		}
	}
	return n
}
