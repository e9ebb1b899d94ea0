package catalog

import (
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
}

// ShowJSON is the catalogue for scripts: {"departments":[…],"feeds":[…],"libraries":[{"name","elements":[…]}],
// "jurisdictions":[…],"codes":[…]}, indented. Every feed has its topic; lists are never null.
func ShowJSON(c *Catalog) []byte {
	d := showDoc{Departments: orEmpty(c.Departments), Feeds: orEmpty(c.Feeds), Libraries: orEmpty(c.Libraries),
		Jurisdictions: orEmpty(c.Jurisdictions), Codes: orEmpty(c.Codes)}
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
	t := table{{"feed 数据资源", "name 名称", "topic 主题", "format 格式", "cycle 周期", "libraries 基础库"}}
	for _, f := range c.Feeds {
		var libraries []string
		for _, s := range f.Claims {
			libraries = append(libraries, s.Library)
		}
		t = append(t, []string{f.Name, f.ZH, f.Topic, f.Format, f.Cycle, strings.Join(set(libraries), ", ")})
	}
	t.print(b)
}

func showLibrary(b *strings.Builder, l *Library) {
	fmt.Fprintf(b, "\nlibrary 基础库 %s %s %s\n", l.Name, l.ZH, l.EN)
	for i, id := range l.Identity {
		fmt.Fprintf(b, "  identity 标识 %d: %s = %s\n", i+1, id.Scheme, strings.Join(id.Elements, " | "))
	}
	t := table{{"element 数据元", "name 名称", "type 类型", "level 级别", "personal 个人", "group 组", "authority 权威来源"}}
	for _, e := range l.Elements {
		kind := e.Type
		if what := e.Codes + e.Scheme; what != "" {
			kind += " " + what
		}
		t = append(t, []string{e.Name, e.ZH, kind, strconv.Itoa(e.Level), yes(e.Personal), e.Group, authorityText(&e)})
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
