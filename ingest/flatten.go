package ingest

import (
	"bytes"
	"encoding/binary"
	"slices"
	"strconv"
	"time"

	"github.com/cespare/xxhash/v2"

	"wuku/entity"
)

// claim is one claim of the present message before it becomes rows: first all claims of a message are made, so that a required
// element that fails leaves nothing behind.
type claim struct {
	slot   int
	role   []byte
	word   [2]uint64 // the ledger's words for the anchor and for the weaker anchors
	cells  int       // where its cells begin in Mapper.cells, one a field
	anchor entity.ID
	rank   uint8  // the anchor's strength
	also   [2]int // Mapper.also[from:to]: the weaker anchors
}

// finding is one element that failed.
type finding struct {
	slot   int
	role   []byte
	anchor entity.ID
	field  *fieldPlan
	fault  *entity.Fault
}

// slot makes the claims of one slot. A fault sends the whole message to quarantine.
func (m *Mapper) slot(i int) *entity.Fault {
	s := m.plan.slots[i]
	if s.list < 0 {
		if s.when != nil && !m.holds(s, 0) {
			return nil
		}
		return m.claim(i, s, 0, s.roleBytes)
	}
	l := m.plan.lists[s.list]
	switch m.dec.get(l.value, 0).kind {
	case 0, 'n', '[':
	default:
		return m.at(l.path, faultList)
	}
	first := len(m.claims)
	e := &m.dec.lists[s.list]
	for n := range e.count {
		base := n * l.width
		if s.when != nil && !m.holds(s, base) {
			continue
		}
		role, f := m.listRole(s, base)
		if f != nil {
			return f
		}
		for _, c := range m.claims[first:] {
			if bytes.Equal(c.role, role) {
				return m.at(l.path, faultListKey)
			}
		}
		if f := m.claim(i, s, base, role); f != nil {
			return f
		}
	}
	return nil
}

// listRole names a claim of a list: the slot's role, a slash, the element's own key.
func (m *Mapper) listRole(s *slotPlan, base int) ([]byte, *entity.Fault) {
	start := len(m.conv.arena)
	m.conv.arena = append(append(m.conv.arena, s.role...), '/')
	for i, at := range s.listKey {
		if i > 0 {
			m.conv.arena = append(m.conv.arena, '|')
		}
		part, ok := keyPart(m.dec.get(at, base), len(s.listKey) > 1)
		if !ok {
			return nil, m.at(m.plan.lists[s.list].path, faultListKey)
		}
		m.conv.arena = append(m.conv.arena, part...)
	}
	return m.conv.arena[start:len(m.conv.arena):len(m.conv.arena)], nil
}

// holds evaluates the slot's condition.
func (m *Mapper) holds(s *slotPlan, base int) bool {
	v := m.dec.get(s.whenAt, base)
	switch v.kind {
	case 0, 'n':
		return false
	case '{', '[', astray:
		return s.when.Present && v.kind != astray
	}
	b := trim(v.text)
	if m.conv.isNull(b) {
		return false
	}
	return s.when.Present || contains(s.when.In, b)
}

func contains(list []string, b []byte) bool {
	for _, s := range list {
		if s == string(b) {
			return true
		}
	}
	return false
}

// claim converts the fields of one slot or list element and, if anything is left to say, notes a claim.
func (m *Mapper) claim(slot int, s *slotPlan, base int, role []byte) *entity.Fault {
	start, firstFinding, says := len(m.cells), len(m.findings), !s.mapped
	m.cells = slices.Grow(m.cells, len(s.fields))[:start+len(s.fields)]
	for i, p := range s.fields {
		c := &m.cells[start+i]
		if p.constant != nil {
			*c = *p.constant
			continue
		}
		f := m.conv.value(p, m.dec.get(p.src, base), c)
		if p.required && c.state != filled {
			if f == nil {
				f = p.faults.null
			}
			return m.at(p.from, f)
		}
		if f != nil {
			m.findings = append(m.findings, finding{slot: slot, role: role, field: p, fault: f})
		}
		says = says || c.state == filled
	}
	if s.pair != nil && m.conv.places != nil {
		m.point(slot, s, start, role)
	}
	if len(s.related) > 0 || len(s.citizens) > 0 {
		if f := m.relate(slot, s, start, role); f != nil {
			return f
		}
	}
	c := claim{slot: slot, role: role, cells: start}
	faulty := m.identify(s, &c)
	for i := firstFinding; i < len(m.findings); i++ {
		m.findings[i].anchor = c.anchor
	}
	if says || faulty {
		m.claims = append(m.claims, c)
	}
	return nil
}

// identify finds where the claim stands: at the anchor of its strongest identifier, unless a stronger one failed its check.
// Then, and without any identifier, it stands at the record's own anchor. It reports whether an identifier failed.
func (m *Mapper) identify(s *slotPlan, c *claim) (faulty bool) {
	naming, found := entity.ByRecord, false
	c.also[0], c.rank = len(m.also), entity.OwnStrength
	for i := range s.idents {
		id, state := m.identifier(s, &s.idents[i], c.cells)
		switch {
		case state == failed:
			faulty = true
			if !found {
				naming = entity.ByFault
			}
		case state == null:
		case !found && naming != entity.ByFault:
			c.anchor, c.rank, naming, found = id, s.idents[i].rank, entity.ByStrongest, true
		case id != c.anchor && !slices.Contains(m.also[c.also[0]:], id):
			m.also, m.ranks = append(m.also, id), append(m.ranks, s.idents[i].rank)
		}
	}
	if !found {
		c.anchor = m.anchorer.ByRecord(s.library.Name, m.plan.feed.Name, m.key, string(c.role))
	}
	c.also[1] = len(m.also)
	c.word = [2]uint64{s.word[naming], s.word[entity.ByWeaker]}
	if s.list >= 0 {
		role := string(c.role)
		c.word = [2]uint64{entity.NamedWord(s.number, naming, role), entity.NamedWord(s.number, entity.ByWeaker, role)}
	}
	return faulty
}

// identifier computes the anchor of one identity entry from the cells.
func (m *Mapper) identifier(s *slotPlan, e *identity, cells int) (id entity.ID, state uint8) {
	state = filled
	for _, f := range e.fields {
		switch m.cells[cells+f].state {
		case null: // whatever the other parts are: it was not given
			return id, null
		case failed:
			state = failed
		}
	}
	if state == failed {
		return id, failed
	}
	if len(e.fields) == 1 && s.fields[e.fields[0]].kind == entity.Text {
		return m.anchorer.ByIdentifier(e.scheme, m.cells[cells+e.fields[0]].text), filled
	}
	m.scratch = m.scratch[:0]
	for i, f := range e.fields {
		if i > 0 {
			m.scratch = append(m.scratch, '|')
		}
		m.scratch = appendCell(m.scratch, s.fields[f].kind, &m.cells[cells+f])
	}
	return m.anchorer.ByIdentifier(e.scheme, m.scratch), filled
}

// appendCell writes a value as the part of an identifier.
func appendCell(dst []byte, kind entity.Kind, c *cell) []byte {
	switch kind {
	case entity.Text:
		return append(dst, c.text...)
	case entity.Date:
		return time.UnixMilli(c.num*msPerDay).UTC().AppendFormat(dst, time.DateOnly)
	}
	return strconv.AppendInt(dst, c.num, 10)
}

// digest hashes the mapped values of a claim.
func (m *Mapper) digest(s *slotPlan, cells int) uint64 {
	b := m.scratch[:0]
	for i, p := range s.fields {
		c := &m.cells[cells+i]
		b = append(b, c.state&filled)
		switch {
		case c.state != filled:
		case p.kind == entity.Text:
			b = append(binary.AppendUvarint(b, uint64(len(c.text))), c.text...)
		default:
			b = binary.LittleEndian.AppendUint64(b, uint64(c.num))
		}
	}
	m.scratch = b
	return xxhash.Sum64(b)
}
