package ingest

import (
	"bytes"
	"math/bits"
	"unicode/utf8"

	"wuku/catalog"
	"wuku/entity"
)

// readKey joins the key fields of the record. A delete whose row image lacks them is named by the message's key.
func (m *Mapper) readKey(msg *Message, gone bool) *entity.Fault {
	if i := m.join(m.dec, m.plan.key); i >= 0 {
		if gone && msg.Key != nil && len(m.many.rows) <= 1 {
			return m.messageKey(msg.Key)
		}
		return m.at(m.plan.feed.Key[i], faultKey)
	}
	return m.setKey(m.plan.feed.Key[0])
}

// join writes the parts of the key into m.keys and returns the index of the first that is none, or -1.
func (m *Mapper) join(d *decoder, parts []source) int {
	m.keys = m.keys[:0]
	for i, at := range parts {
		part, ok := keyPart(d.get(at, 0), len(parts) > 1)
		if !ok {
			return i
		}
		if i > 0 {
			m.keys = append(m.keys, '|')
		}
		m.keys = append(m.keys, part...)
	}
	return -1
}

func (m *Mapper) setKey(field string) *entity.Fault {
	if len(m.keys) > maxKey {
		return m.at(field, faultKey)
	}
	m.key = m.keys
	return nil
}

// keyPart is a value as part of a key. Where several are joined, none may hold the mark that joins them.
func keyPart(v value, joined bool) ([]byte, bool) {
	switch v.kind {
	case '"', '0', 't', 'f':
	default:
		return nil, false
	}
	b := trim(v.text)
	return b, len(b) > 0 && !hasControl(b) && !(joined && bytes.IndexByte(b, '|') >= 0)
}

// messageKey reads the record's key from the message's: a JSON object with the key fields (plain, or below Debezium's payload),
// or else the text itself.
func (m *Mapper) messageKey(key []byte) *entity.Fault {
	b := trim(m.keyText.key(m.plan.feed, key, m.opts))
	if len(b) == 0 || b[0] != '{' {
		return m.textKey(b)
	}
	if m.keyDec == nil {
		m.keyDec = newDecoder(&plan{seed: m.plan.seed, width: m.plan.keyWidth}, m.opts.MaxDepth)
	}
	m.keyDec.reset()
	if f := m.keyDec.message(b, m.plan.keyRoot); f != nil {
		return m.at("", faultKey)
	}
	if i := m.join(m.keyDec, m.plan.keyAt); i >= 0 {
		return m.at(m.plan.feed.Key[i], faultKey)
	}
	return m.setKey(m.plan.feed.Key[0])
}

func (m *Mapper) textKey(b []byte) *entity.Fault {
	if n := len(b); n > 2 && b[0] == '"' && b[n-1] == '"' {
		b = trim(b[1 : n-1])
	}
	if len(b) == 0 || !utf8.Valid(b) || hasControl(b) {
		return m.at("", faultKey)
	}
	m.keys = append(m.keys[:0], b...)
	return m.setKey("")
}

// readTimes finds the version and the event time. A delete needs no event time: it makes no claim.
func (m *Mapper) readTimes(msg *Message, gone bool) *entity.Fault {
	p := m.plan
	declared, ms, isTime := uint64(0), msg.TimeMS, true
	switch p.feed.Version.Kind {
	case catalog.VersionCounter:
		isTime = false
		d, ok := m.counter(m.dec.get(p.version, 0))
		if !ok {
			return m.at(p.feed.Version.Field, faultVersion)
		}
		declared = d
	case catalog.VersionTime:
		at, ok := m.instant(p.vtime, m.dec.get(p.version, 0))
		if !ok {
			return m.at(p.feed.Version.Field, faultVersion)
		}
		ms = at
	default:
		if ms < 0 {
			return faultVersion
		}
	}
	if isTime {
		if inFuture(ms, msg.TimeMS) {
			return m.at(p.feed.Version.Field, faultFuture)
		}
		declared = versionOf(ms)
	}
	m.event = ms
	field := p.feed.Version.Field
	if p.etime != nil && !gone {
		at, ok := m.instant(p.etime, m.dec.get(p.event, 0))
		switch {
		case !ok:
			return m.at(p.feed.EventTime.Field, faultEventTime)
		case inFuture(at, msg.TimeMS):
			return m.at(p.feed.EventTime.Field, faultFuture)
		}
		m.event, field = at, p.feed.EventTime.Field
	}
	if m.event < firstDay*msPerDay && !gone {
		return m.at(field, faultEventTime)
	}
	m.ver = entity.MakeVersion(declared, msg.Offset, msg.Partition, p.feed.Revision)
	return nil
}

func scalar(v value) ([]byte, bool) {
	switch v.kind {
	case '"', '0':
		b := trim(v.text)
		return b, len(b) > 0
	}
	return nil, false
}

// counter reads a whole number of 64 bits.
func (m *Mapper) counter(v value) (uint64, bool) {
	b, ok := scalar(v)
	if !ok {
		return 0, false
	}
	if n := m.conv.narrow(b); n != nil {
		b = n
	}
	d, ok := parseDecimal(b)
	if d.mant == 0 {
		return 0, ok
	}
	if !ok || d.neg || d.exp < 0 || d.exp >= len(pow10) {
		return 0, false
	}
	hi, lo := bits.Mul64(d.mant, pow10[d.exp])
	return lo, hi == 0
}

func (m *Mapper) instant(t *timeFormat, v value) (int64, bool) {
	b, ok := scalar(v)
	if !ok {
		return 0, false
	}
	at, ok := m.conv.time(t, b)
	return at.ms, ok
}

// inFuture bounds how far a source's clock may run ahead, so that one wrong year does not shut out all later versions. A broker
// that gives no timestamp leaves only the last year that the versions may have.
func inFuture(ms, broker int64) bool {
	const year9999 = 253_370_764_800_000
	return ms >= year9999 || broker >= 0 && ms > broker && ms-broker > dayMS
}
