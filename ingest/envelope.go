package ingest

import (
	"slices"
	"strings"
	"unicode/utf8"

	"wuku/catalog"
	"wuku/entity"
)

// attribute is one attribute of an event that the feed reads.
type attribute struct {
	name     string
	at       source
	required bool // by CloudEvents 1.0
}

// compileRows registers the parts of Canal's and Maxwell's messages.
func (c *compiler) compileRows() {
	c.root = c.attrs
	c.envelope = &envelope{op: c.attr("type"), ddl: c.attr("isDdl"), data: c.attr("data"), old: c.attr("old")}
}

// compileEvent registers the attributes of CloudEvents and the place of data.
func (c *compiler) compileEvent() {
	c.root = c.attrs
	must := []string{"specversion", "id", "source", "type"}
	for _, name := range must {
		c.attr(name)
	}
	c.attrs.child("data").span = imageAfter + 1
	c.envelope = &envelope{op: c.attr("type")}
	for _, k := range c.attrs.kids {
		if k.at >= 0 {
			c.envelope.event = append(c.envelope.event, attribute{k.name, source{list: k.list, at: k.at}, slices.Contains(must, k.name)})
		}
	}
}

// open decodes a message of one record. mapped is false for messages that speak of no record; gone is true if the envelope says
// that the record is.
func (m *Mapper) open(msg *Message) (gone, mapped bool, _ *entity.Fault) {
	b, f := m.text.read(m.plan.feed, msg.Value, m.opts)
	if f != nil {
		return false, false, f
	}
	switch m.plan.feed.Format {
	case catalog.FormatDebezium:
		if f := m.dec.message(b, m.plan.root); f != nil {
			return false, false, f
		}
		op, f := m.dec.unwrap()
		if op == 't' {
			m.drift.truncated(msg)
		}
		return op == 'd', f == nil && op != 'm' && op != 't' && op != 's', f
	case catalog.FormatCloudEvents:
		f := m.cloudEvent(msg, b)
		return false, f == nil, f
	}
	return false, true, m.dec.message(b, m.plan.root)
}

// headerPrefix begins the headers that are attributes of an event in binary mode.
const headerPrefix = "ce_"

// isEvent reports whether the message is an event in binary mode, which may be without a value and is no tombstone then.
func (m *Mapper) isEvent(msg *Message) bool {
	if m.plan.feed.Format != catalog.FormatCloudEvents {
		return false
	}
	for _, h := range msg.Headers {
		if h.Key == headerPrefix+"specversion" {
			return true
		}
	}
	return false
}

// cloudEvent decodes an event in binary mode (its attributes are headers, its value is data) or structured mode (all is one object).
func (m *Mapper) cloudEvent(msg *Message, b []byte) *entity.Fault {
	d := m.dec
	if m.isEvent(msg) {
		for _, h := range msg.Headers {
			name, ok := strings.CutPrefix(h.Key, headerPrefix)
			if !ok {
				continue
			}
			if !utf8.Valid(h.Value) {
				return faultEncoding
			}
			for _, a := range m.plan.envelope.event {
				if a.name == name {
					d.env[a.at.at] = value{kind: '"', text: h.Value}
				}
			}
		}
		if len(trim(b)) > 0 {
			if f := d.message(b, m.plan.row); f != nil {
				return f
			}
			d.images[imageAfter] = '{'
		}
	} else if f := d.message(b, m.plan.root); f != nil {
		return f
	}
	for _, a := range m.plan.envelope.event {
		if !a.required {
			continue
		}
		v := d.get(a.at, 0)
		if v.kind != '"' || len(v.text) == 0 || a.name == "specversion" && string(v.text) != "1.0" {
			return faultEvent
		}
	}
	if d.images[imageAfter] != '{' && !m.saysGone() || d.seen[imageAfter] > 1 {
		return faultEvent
	}
	return nil
}
