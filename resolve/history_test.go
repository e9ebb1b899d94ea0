package resolve_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strconv"

	"wuku/catalog"
	"wuku/entity"
)

// A history is what departments said, as messages that are already mapped. From one history the tests build batches for the store
// and, apart from it, the oracle's answer.

type message struct {
	feed      string
	partition int32
	offset    int64
	revision  uint32
	key       string
	declared  uint64
	event     int64 // ms
	deleted   bool
	erased    bool
	claims    []claim
}

type claim struct {
	role     string
	ids      map[string]string // scheme -> value
	fault    bool              // the citizen number was there and failed its check
	elements map[string]string
}

func (m message) version() entity.Version {
	return entity.MakeVersion(m.declared, m.offset, m.partition, m.revision)
}

// personSchemes are the library's identifiers from the strongest.
var personSchemes = []string{"citizen", "passport", "permit"}

// personElements are the columns of the test library; address parts move together.
var personElements = []string{"citizen", "passport", "permit", "name", "sex", "province", "street", "phone"}

// personCatalog has contested elements, fallbacks, a strict one and a group. turned exchanges two authorities.
func personCatalog(turned bool) *catalog.Catalog {
	order := catalogRanks("a.x", "b.x", "c.x")
	if turned {
		order = catalogRanks("c.x", "a.x", "b.x")
	}
	lib := catalog.Library{Name: "person", ZH: "人口", Identity: []catalog.Identity{
		{Scheme: "citizen", Elements: []string{"citizen"}}, {Scheme: "passport", Elements: []string{"passport"}}, {Scheme: "permit", Elements: []string{"permit"}},
	}}
	authority := map[string][]catalog.Rank{
		"citizen": catalogRanks("a.x", "b.x", "c.x"), "passport": catalogRanks("b.x", "a.x", "c.x"), "permit": {{"b.x", "c.x"}, {"a.x"}},
		"name": order, "sex": catalogRanks("b.x", "c.x"), "province": catalogRanks("c.x", "b.x", "a.x"), "street": catalogRanks("c.x", "b.x", "a.x"), "phone": {{"a.x", "b.x", "c.x"}},
	}
	for _, name := range personElements {
		e := catalog.Element{Name: name, ZH: name, Type: catalog.TypeText, Level: 2, Personal: true, Authority: authority[name]}
		if name == "province" || name == "street" {
			e.Group = "address"
		}
		e.Strict = name == "sex"
		lib.Elements = append(lib.Elements, e)
	}
	c := &catalog.Catalog{Name: "test", Libraries: []catalog.Library{lib}}
	for _, f := range []string{"a.x", "b.x", "c.x"} {
		c.Feeds = append(c.Feeds, catalog.Feed{Name: f, Topic: "src." + f, Claims: []catalog.Slot{{Library: "person"}}, Revision: 1})
	}
	return c
}

func catalogRanks(feeds ...string) []catalog.Rank {
	var ranks []catalog.Rank
	for _, f := range feeds {
		ranks = append(ranks, catalog.Rank{f})
	}
	return ranks
}

// randomHistory makes n messages over few people, records and identifiers, so that everything that can collide does.
func randomHistory(r *rand.Rand, n int) []message {
	var list []message
	next := map[string]int64{}
	for range n {
		feed := string("abc"[r.IntN(3)]) + ".x"
		partition := int32(r.IntN(2))
		at := fmt.Sprint(feed, partition)
		m := message{feed: feed, partition: partition, offset: next[at], revision: 1,
			key: strconv.Itoa(r.IntN(max(2, n/6))), declared: uint64(r.IntN(8)), event: int64(r.IntN(6)) * 86_400_000 * 400}
		next[at]++
		m.event -= 86_400_000 * 700 // some before 1970
		switch {
		case r.IntN(10) == 0:
			m.deleted = true
		case r.IntN(12) == 0: // nothing in it is mapped any more
		default:
			m.claims = append(m.claims, randomClaim(r, ""))
			if r.IntN(4) == 0 {
				for i := range 1 + r.IntN(2) {
					m.claims = append(m.claims, randomClaim(r, "child/"+strconv.Itoa(i)))
				}
			}
		}
		list = append(list, m)
	}
	return list
}

func randomClaim(r *rand.Rand, role string) claim {
	c := claim{role: role, ids: map[string]string{}, elements: map[string]string{}}
	for i, scheme := range personSchemes {
		if r.IntN(i+2) == 0 {
			c.ids[scheme] = strconv.Itoa(r.IntN(5))
			c.elements[scheme] = c.ids[scheme]
		}
	}
	if r.IntN(8) == 0 {
		delete(c.ids, "citizen")
		delete(c.elements, "citizen")
		c.fault = true
	}
	for _, e := range []string{"name", "sex", "province", "street", "phone"} {
		if r.IntN(3) > 0 {
			c.elements[e] = e + strconv.Itoa(r.IntN(4))
		}
	}
	return c
}

// placed is a claim with the anchors that its identifiers give.
type placed struct {
	anchor   entity.ID
	strength uint8
	naming   entity.Naming
	also     []entity.ID
	weak     []uint8 // strength of each in also
	stay     *entity.ID
}

func place(a *entity.Anchorer, m message, c claim) placed {
	var p placed
	for i, scheme := range personSchemes {
		v, ok := c.ids[scheme]
		if !ok {
			continue
		}
		id := a.ByIdentifier(scheme, []byte(v))
		if p.strength == 0 && !c.fault {
			p.anchor, p.strength = id, uint8(i+1)
			continue
		}
		p.also, p.weak = append(p.also, id), append(p.weak, uint8(i+1))
	}
	if p.strength == 0 {
		p.anchor, p.strength, p.naming = a.ByRecord("person", m.feed, []byte(m.key), c.role), entity.OwnStrength, entity.ByRecord
		if c.fault {
			p.naming = entity.ByFault
		}
	}
	return p
}

// batch turns contiguous messages of one partition into what ingest would hand to the store.
func batch(a *entity.Anchorer, messages []message) *entity.Batch {
	first := messages[0]
	topic := "src." + first.feed
	claims := entity.NewClaims("person", first.feed, topic, "province", "320000")
	for _, e := range personElements {
		claims.Add(e, entity.Text, true)
	}
	ledger := entity.NewLedger(first.feed, topic)
	for _, m := range messages {
		var words []uint64
		var anchors []entity.ID
		for _, c := range m.claims {
			p := place(a, m, c)
			claimRow(claims, m, c.role, p.anchor, entity.Assert, p.also, p.strength, c.elements)
			words, anchors = append(words, entity.NamedWord(1, p.naming, c.role)), append(anchors, p.anchor)
			for i, weak := range p.also {
				claimRow(claims, m, c.role, weak, entity.Alias, []entity.ID{p.anchor}, p.weak[i], nil)
				words, anchors = append(words, entity.NamedWord(1, entity.ByWeaker, c.role)), append(anchors, weak)
			}
		}
		outcome := entity.Claimed
		if len(m.claims) == 0 {
			outcome = entity.Unmapped
		}
		if m.deleted {
			outcome = entity.Deleted
		}
		if m.erased {
			outcome = entity.Erased
		}
		ledgerRow(ledger, m, outcome, words, anchors)
	}
	last := messages[len(messages)-1]
	return &entity.Batch{Feed: first.feed, Topic: topic, Partition: first.partition, From: first.offset, To: last.offset + 1, Revision: first.revision,
		Records: len(messages), Claims: []*entity.Block{claims}, Ledger: ledger}
}

func claimRow(b *entity.Block, m message, role string, anchor entity.ID, op entity.Op, also []entity.ID, strength uint8, elements map[string]string) {
	col := func(name string) *entity.Column {
		return b.Columns[slices.IndexFunc(b.Columns, func(c *entity.Column) bool { return c.Name == name })]
	}
	col("anchor").AppendID(anchor)
	col("key").AppendString(m.key)
	col("role").AppendString(role)
	col("ver").AppendVersion(m.version())
	col("op").AppendU8(uint8(op))
	col("also").AppendIDs(also)
	col("event_time").AppendInt64(m.event)
	col("partition").AppendU32(uint32(m.partition))
	col("offset").AppendU64(uint64(m.offset))
	col("received").AppendInt64(0)
	col("digest").AppendU64(0)
	col("strength").AppendU8(strength)
	for _, e := range personElements {
		if v, ok := elements[e]; ok {
			col(e).AppendString(v)
		} else {
			col(e).AppendNull()
		}
	}
	b.Rows++
}

func ledgerRow(b *entity.Block, m message, outcome entity.Outcome, words []uint64, anchors []entity.ID) {
	col := func(name string) *entity.Column {
		return b.Columns[slices.IndexFunc(b.Columns, func(c *entity.Column) bool { return c.Name == name })]
	}
	col("partition").AppendU32(uint32(m.partition))
	col("revision").AppendU32(m.revision)
	col("offset").AppendU64(uint64(m.offset))
	col("until").AppendU64(uint64(m.offset))
	col("outcome").AppendU8(uint8(outcome))
	col("key").AppendString(m.key)
	col("ver").AppendVersion(m.version())
	col("named").AppendWords(words)
	col("anchors").AppendIDs(anchors)
	col("received").AppendInt64(0)
	col("digest").AppendU64(uint64(m.offset))
	b.Rows++
}
