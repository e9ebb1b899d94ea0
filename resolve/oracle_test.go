package resolve_test

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"wuku/catalog"
	"wuku/entity"
)

// oracle is the rule of docs/rule.md, written naively over a whole history, without SQL, anchors' rows, cycles or order of arrival.
// It knows: of a record only the newest version counts; an identifier belongs to whom its authority says; per element the first
// feed of the authority list with a value wins.

type oracleClaim struct {
	message
	claim
	placed
}

// oracle returns entity -> element -> the values that may win ("" is none): one, but where two roles of one message tie.
func oracle(a *entity.Anchorer, c *catalog.Catalog, history []message) map[entity.ID]map[string][]string {
	live := liveClaims(a, history)
	lib := c.Library("person")
	owner := owners(lib, live)
	root := func(id entity.ID) entity.ID {
		for range 20 {
			up, ok := owner[id]
			if !ok {
				return id
			}
			id = up
		}
		return id
	}
	groups := map[entity.ID][]oracleClaim{}
	for _, l := range live {
		e := root(l.anchor)
		groups[e] = append(groups[e], l)
	}
	values := map[entity.ID]map[string][]string{}
	for e, claims := range groups {
		values[e] = survive(lib, claims)
	}
	return values
}

// liveClaims takes each record's newest version; one whose identifier failed its check stays with the last good anchor.
func liveClaims(a *entity.Anchorer, history []message) []oracleClaim {
	records := map[[2]string][]message{}
	for _, m := range history {
		k := [2]string{m.feed, m.key}
		records[k] = append(records[k], m)
	}
	var live []oracleClaim
	for _, versions := range records {
		slices.SortFunc(versions, func(x, y message) int {
			if x.version().Less(y.version()) {
				return -1
			}
			return 1
		})
		newest := versions[len(versions)-1]
		for _, c := range newest.claims {
			l := oracleClaim{newest, c, place(a, newest, c)}
			if l.naming == entity.ByFault {
				if good, ok := lastGood(a, versions[:len(versions)-1], c.role); ok {
					// its own anchor belongs to the last good one
					l.stay = &good
				}
			}
			live = append(live, l)
		}
	}
	return live
}

func lastGood(a *entity.Anchorer, older []message, role string) (entity.ID, bool) {
	for _, m := range slices.Backward(older) {
		i := slices.IndexFunc(m.claims, func(c claim) bool { return c.role == role })
		if i < 0 {
			return entity.ID{}, false
		}
		p := place(a, m, m.claims[i])
		switch p.naming {
		case entity.ByFault:
			continue
		case entity.ByStrongest:
			return p.anchor, true
		}
		return entity.ID{}, false
	}
	return entity.ID{}, false
}

// owners gives each weaker identifier to the one anchor that its authority names.
func owners(lib *catalog.Library, live []oracleClaim) map[entity.ID]entity.ID {
	type vote struct {
		rank int
		oracleClaim
	}
	votes := map[entity.ID][]vote{}
	owner := map[entity.ID]entity.ID{}
	for _, l := range live {
		if l.stay != nil {
			owner[l.anchor] = *l.stay
		}
		for i, weak := range l.also {
			scheme := lib.Identity[l.weak[i]-1].Elements[0]
			if rank, ok := lib.Element(scheme).Ranks()[l.feed]; ok {
				votes[weak] = append(votes[weak], vote{rank, l})
			}
		}
	}
	for weak, list := range votes {
		best := slices.MinFunc(list, func(x, y vote) int {
			return cmp.Or(cmp.Compare(x.rank, y.rank), order(x.oracleClaim, y.oracleClaim), cmp.Compare(x.role, y.role))
		})
		owner[weak] = best.anchor
	}
	return owner
}

// order is event time, then version, then feed, then key: better first.
func order(x, y oracleClaim) int {
	newer := 0
	if y.version().Less(x.version()) {
		newer = -1
	} else if x.version().Less(y.version()) {
		newer = 1
	}
	return cmp.Or(cmp.Compare(y.event, x.event), newer, cmp.Compare(x.feed, y.feed), cmp.Compare(x.key, y.key))
}

// survive picks each element's value; the elements of a group come from one claim.
func survive(lib *catalog.Library, claims []oracleClaim) map[string][]string {
	out := map[string][]string{}
	for i := range lib.Elements {
		e := &lib.Elements[i]
		for _, best := range winners(e, members(lib, e), claims) {
			out[e.Name] = append(out[e.Name], best.elements[e.Name])
		}
	}
	return out
}

func members(lib *catalog.Library, e *catalog.Element) []string {
	if e.Group == "" {
		return []string{e.Name}
	}
	var names []string
	for _, other := range lib.Elements {
		if other.Group == e.Group {
			names = append(names, other.Name)
		}
	}
	return names
}

func winners(e *catalog.Element, members []string, claims []oracleClaim) []oracleClaim {
	ranks := e.Ranks()
	var best []oracleClaim
	for _, c := range claims {
		says := slices.ContainsFunc(members, func(m string) bool { _, ok := c.elements[m]; return ok })
		if ranks[c.feed] == 0 || !says {
			continue
		}
		better := -1
		if best != nil {
			better = cmp.Or(cmp.Compare(ranks[c.feed], ranks[best[0].feed]), order(c, best[0]))
		}
		switch {
		case better < 0:
			best = []oracleClaim{c}
		case better == 0:
			best = append(best, c)
		}
	}
	return best
}

// disagree says in words where the base library is not what the oracle allows; "" is agreement.
func disagree(want map[entity.ID]map[string][]string, got map[entity.ID]map[string]string) string {
	var said []string
	for id := range got {
		if _, ok := want[id]; !ok {
			said = append(said, fmt.Sprintf("%s should not be there", id))
		}
	}
	for id, elements := range want {
		values, ok := got[id]
		if !ok {
			said = append(said, fmt.Sprintf("%s is missing", id))
			continue
		}
		for _, e := range personElements {
			allowed := elements[e]
			if len(allowed) == 0 {
				allowed = []string{""}
			}
			if !slices.Contains(allowed, values[e]) {
				said = append(said, fmt.Sprintf("%s %s: %q, want one of %q", id, e, values[e], allowed))
			}
		}
	}
	slices.Sort(said)
	return strings.Join(said, "\n")
}
