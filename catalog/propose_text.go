package catalog

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// Text is the proposal as a feed's file, with why each guess was made beside it.
func (p *Proposal) Text() string {
	var b strings.Builder
	f := p.Feed
	line := func(why, format string, args ...any) {
		text := fmt.Sprintf(format, args...)
		if why != "" {
			text += "  # " + strings.ReplaceAll(why, "\n", " ")
		}
		b.WriteString(text + "\n")
	}
	line("", "# Guessed from a sample 由样例文件推断. Read every line before it counts; try it: wuku try %s FILE --catalog DIR", f.Name)
	line("", "feed: %s", f.Name)
	line("", "department: %s", f.Department)
	line("", "zh: %s", quoted(f.ZH))
	line("", "format: %s", f.Format)
	line("", "partitions: %d", f.Partitions)
	line("", "cycle: %s", f.Cycle)
	if f.Expires != "" {
		line("the last day whose messages are taken; what they said stays until the feed is taken out of the catalogue", "expires: %s", f.Expires)
	}
	line("guessed: "+p.Key, "key: [%s]", quoted(f.Key[0]))
	if f.Version.Kind == VersionTime {
		line("guessed: "+p.Version, "version: {kind: event_time, field: %s, format: %s}", quoted(f.Version.Field), f.Version.Format)
	} else {
		line("guessed: "+p.Version, "version: {kind: %s}", f.Version.Kind)
	}
	if len(f.Nulls) > 0 {
		line("guessed: texts in the sample that mean nothing", "nulls: [%s]", strings.Join(quotedAll(f.Nulls), ", "))
	}
	line("", "claims:")
	line("", "  - library: %s", f.Claims[0].Library)
	line("its values count where nobody else has one", "    rank: last")
	line("", "    fields:")
	for _, x := range f.Claims[0].Fields {
		more := ""
		if x.Format != "" {
			more += ", format: " + quoted(x.Format)
		}
		if len(x.Values) > 0 {
			var pairs []string
			for _, from := range sortedKeys(x.Values) {
				pairs = append(pairs, quoted(from)+": "+quoted(x.Values[from]))
			}
			more += ", values: {" + strings.Join(pairs, ", ") + "}"
		}
		line("guessed: "+p.Why[x.Element], "      - {element: %s, from: %s%s}", x.Element, quoted(x.From), more)
	}
	left := slices.DeleteFunc(slices.Clone(p.Unknown), func(n string) bool { return n == f.Key[0] || n == f.Version.Field })
	for _, n := range left {
		line("", "# not mapped, nothing was found for it: %s", quoted(n))
	}
	return b.String()
}

// quoted writes a text as YAML takes it as a text, whatever it holds.
func quoted(s string) string {
	plain := s != ""
	for i, r := range s {
		letter := r == '_' || r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= 0x4e00 && r <= 0x9fff
		plain = plain && (letter || i > 0 && r >= '0' && r <= '9')
	}
	if plain && !slices.Contains([]string{"y", "n", "yes", "no", "true", "false", "null", "on", "off"}, strings.ToLower(s)) {
		return s
	}
	return strconv.Quote(s)
}

func quotedAll(list []string) []string {
	out := make([]string, len(list))
	for i, s := range list {
		out[i] = quoted(s)
	}
	return out
}
