package demo

import (
	"slices"
	"strings"
)

// rule is what the departments agreed on one element.
type rule struct {
	element string
	group   string
	ranks   map[string]int // feed -> rank from 1
}

// parseAuthority reads the table authority.
func parseAuthority(table string) (rules [libraries][]rule) {
	library := -1
	for line := range strings.Lines(table) {
		words := strings.Fields(line)
		switch {
		case len(words) == 0:
			continue
		case words[0][0] == '[':
			library++
			continue
		}
		name, strict := strings.CutSuffix(words[0], "!")
		name, group, _ := strings.Cut(name, "@")
		r := rule{element: name, group: group, ranks: map[string]int{}}
		for i, feeds := range words[1:] {
			if strict && i > 0 {
				break
			}
			for f := range strings.SplitSeq(feeds, "+") {
				r.ranks[f] = i + 1
			}
		}
		rules[library] = append(rules[library], r)
	}
	return rules
}

// identities are the schemes of each library from the strongest, with the elements whose values name an entity.
var identities = [libraries][]struct {
	scheme   string
	elements [2]string
}{
	people: {{"citizen", [2]string{"citizen_number"}}, {"passport", [2]string{"passport_number"}}, {"permit", [2]string{"permit_number"}}},
	organisations: {{"uscc", [2]string{"uscc"}}, {"regno", [2]string{"registration_number"}}, {"taxid", [2]string{"taxpayer_number"}},
		{"orgcode", [2]string{"organisation_code"}}},
	certificates: {{"certificate", [2]string{"certificate_id"}}, {"certno", [2]string{"type_code", "number"}}},
	credits:      {{"decision", [2]string{"document_number", "organ_code"}}},
	places: {{"realproperty", [2]string{"property_unit"}}, {"parcel", [2]string{"parcel_code"}}, {"building", [2]string{"building_code"}},
		{"address", [2]string{"address_code"}}, {"facility", [2]string{"facility_code"}}},
}

// names are a claim's identifiers, one a scheme of its library ("" where it has none). A claim with a spoiled identifier has none.
func (c *claim) names() []string {
	if c.stays != nil {
		return c.stays
	}
	out := make([]string, len(identities[c.library]))
	if c.bad {
		return out
	}
	for i, id := range identities[c.library] {
		out[i] = c.get(id.elements[0])
		if second := id.elements[1]; second != "" && out[i] != "" {
			if v := c.get(second); v != "" {
				out[i] += "|" + v
			} else {
				out[i] = ""
			}
		}
	}
	return out
}

// better reports whether of two claims with a value, given their ranks, the first wins: by rank, then the newer event, then the
// higher version.
func better(a, b *claim, rankA, rankB int) bool {
	switch {
	case rankA != rankB:
		return rankA < rankB
	case a.event != b.event:
		return a.event > b.event
	}
	return a.version > b.version
}

// winner is the claim that gives an element its value, or nil; members are the elements of its group.
func winner(claims []*claim, ranks map[string]int, members []string) *claim {
	var best *claim
	for _, c := range claims {
		rank := ranks[c.feed.name]
		if rank == 0 || !slices.ContainsFunc(members, func(e string) bool { return c.get(e) != "" }) {
			continue
		}
		if best == nil || better(c, best, rank, ranks[best.feed.name]) {
			best = c
		}
	}
	return best
}
