package ingest

import (
	"fmt"
	"slices"

	"wuku/catalog"
	"wuku/entity"
)

// Bits of node.kinds: of which kinds a field's values have been.
const (
	bitText uint8 = 1 << iota
	bitNumber
	bitBool
	bitObject
	bitList
	bitNull // and whatever is no value; it is set in every node, since null says nothing of a field's type

	anyKind = 0xff
)

// kindBits gives the bit of a value by the byte that it begins with.
var kindBits = func() (t [256]uint8) {
	for i := range t {
		t[i] = bitNull
	}
	t['"'], t['t'], t['f'], t['{'], t['['], t['-'] = bitText, bitBool, bitBool, bitObject, bitList, bitNumber
	for c := '0'; c <= '9'; c++ {
		t[c] = bitNumber
	}
	return t
}()

var kindNames = map[uint8]string{bitText: "text", bitNumber: "number", bitBool: "bool", bitObject: "object", bitList: "list"}

// Limits of drift.
const (
	mostStrange = 256  // fields outside the contract that a mapper remembers; further ones are not told
	absentAfter = 1024 // records without a field that earlier ones had: then it counts as removed
)

// news is a field that was seen for the first time, or for the first time with a kind of value.
type news struct {
	node *node  // the field, or nil if the contract does not have it
	in   *node  // the object that it stands in
	name string // of a field that the contract does not have
	bit  uint8
}

// drift notices how messages depart from the contract: fields that it does not have, fields whose values become of another kind, and
// fields that stay away. It costs a known field two comparisons. What it has found goes with the next batch, once each.
type drift struct {
	feed     *catalog.Feed
	watched  []*node
	strange  int
	out      *entity.Block
	alarms   []entity.Incident
	silenced map[string]int64 // by kind of incident: the broker's time of the last one

	limit         catalog.Refusals
	seen, refused int // of the present row of limit.Of records
}

// watch marks the record's nodes.
func (d *drift) watch(p *plan) {
	d.feed, d.limit = p.feed, p.feed.RefusalLimit()
	d.mark(p.row, "")
	for _, l := range p.lists {
		d.mark(l.elem, l.path+"[].")
	}
	if s := p.feed.Snapshot; s != nil { // marks and records have different fields
		d.watched = slices.DeleteFunc(d.watched, func(n *node) bool {
			if n.path != s.Mark && n.path != s.Run && n.path != s.Count {
				return false
			}
			n.kinds = anyKind
			return true
		})
	}
}

func (d *drift) mark(n *node, prefix string) {
	n.watched = true
	for _, k := range n.kids {
		k.path, k.kinds = prefix+k.name, bitNull
		d.watched = append(d.watched, k)
		if len(k.kids) > 0 {
			d.mark(k, k.path+".")
		}
	}
	n.prefix = prefix
}

// learn keeps what the record in hand had new, and from time to time looks for fields that stay away.
func (m *Mapper) learn(msg *Message) {
	d := m.dec
	d.serial++
	if len(d.news) > 0 {
		for _, n := range d.news {
			m.drift.note(msg, n, m.plan)
		}
		d.news = d.news[:0]
	}
	if d.serial%absentAfter == 0 {
		m.drift.absent(msg, d.serial)
	}
}

func (d *drift) note(msg *Message, n news, p *plan) {
	mapped := n.node != nil && !n.node.unknown
	if n.node == nil {
		if n.node = n.in.find(p.hash(n.name), []byte(n.name)); n.node == nil {
			if d.strange++; d.strange > mostStrange {
				n.in.watched = false
				return
			}
			n.node = n.in.child(n.name)
			n.node.path, n.node.kinds, n.node.unknown = n.in.prefix+n.name, bitNull, true
			n.in.table = nil
			n.in.finish(p.seed)
			d.watched = append(d.watched, n.node)
		}
	}
	if n.node.kinds&n.bit != 0 {
		return
	}
	n.node.kinds |= n.bit
	d.row(msg, n.node.path, kindNames[n.bit], mapped)
}

func (d *drift) absent(msg *Message, serial uint32) {
	for _, n := range d.watched {
		here := serial-n.seen < absentAfter
		if !here && !n.away && n.kinds != bitNull {
			d.row(msg, n.path, "absent", !n.unknown)
		}
		n.away = !here
	}
}

func (d *drift) row(msg *Message, field, kind string, mapped bool) {
	if d.out == nil {
		d.out = entity.NewFields(d.feed.Name)
	}
	is := uint8(0)
	if mapped {
		is = 1
	}
	fill(d.out, row{"field": field, "type": kind, "mapped": is, "topic": msg.Topic, "partition": uint32(msg.Partition), "offset": uint64(msg.Offset),
		"received": received(msg.TimeMS), "rank": uint64(1<<63 - 1 - received(msg.TimeMS))})
}

// take hands over what was found since the last time, or nil.
func (d *drift) take() *entity.Block {
	b := d.out
	d.out = nil
	return b
}

// incidents hands over the incidents since the last time.
func (d *drift) incidents() []entity.Incident {
	a := d.alarms
	d.alarms = nil
	return a
}

// alarmPause is how long, by the broker's clock, a kind of incident of one partition is told once.
const alarmPause = 10 * 60_000

func (d *drift) alarm(msg *Message, kind, detail string) {
	last, told := d.silenced[kind]
	if told && msg.TimeMS-last < alarmPause && msg.TimeMS >= last {
		return
	}
	if d.silenced == nil {
		d.silenced = map[string]int64{}
	}
	d.silenced[kind] = msg.TimeMS
	d.alarms = append(d.alarms, entity.Incident{Kind: kind, Feed: d.feed.Name, Topic: msg.Topic, Partition: msg.Partition, From: msg.Offset, To: msg.Offset + 1, Detail: detail})
}

// count takes one record into the present row, and tells once that more of them are refused than the feed may have.
func (d *drift) count(msg *Message, refused bool) {
	d.seen++
	if refused {
		if d.refused++; d.refused == d.limit.Most+1 {
			d.alarm(msg, IncidentRefusing, fmt.Sprintf("%d of the last %d records were refused, and the catalogue allows %d of %d: see the reasons with `wuku quarantine list --feed %s`, mend the source or the contract, then `wuku quarantine retry`",
				d.refused, d.seen, d.limit.Most, d.limit.Of, d.feed.Name))
		}
	}
	if d.seen >= d.limit.Of {
		d.seen, d.refused = 0, 0
	}
}

// truncated reports that the source emptied its table: which records that were, no message says.
func (d *drift) truncated(msg *Message) {
	d.alarm(msg, IncidentEmptied, "the source has truncated its table: its records stand until the source deletes them one by one or sends its whole content as a snapshot")
}

// foreign refuses a message that names another sender than the feed's.
func (m *Mapper) foreign() *entity.Fault {
	if m.plan.sender.at < 0 {
		return nil
	}
	v := m.dec.get(m.plan.sender, 0)
	switch v.kind {
	case 0, 'n':
		return nil // it names nobody: the topic decides
	case '"', '0':
		if slices.Contains(m.plan.feed.Source.Values, string(trim(v.text))) {
			return nil
		}
	}
	return m.at(m.plan.feed.Source.Field, faultSender)
}

// impostor tells of a message that was refused because it names another sender.
func (m *Mapper) impostor(msg *Message) {
	m.drift.alarm(msg, IncidentImpostor, fmt.Sprintf("a message names another sender in %s than its topic belongs to; it is in quarantine with reason %s: ask who can write to this topic",
		m.plan.feed.Source.Field, faultSender.Code))
}
