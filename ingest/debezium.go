package ingest

import (
	"strings"

	"wuku/entity"
)

// Places of the row images in decoder.images.
const (
	imageBefore = 0
	imageAfter  = 1
)

// envelope says where the parts of an envelope stand among its values. Field paths of claims, key and delete are relative to the
// record; paths that begin with catalog.EnvelopePrefix are the envelope's, and of Debezium also the paths of version and event time
// that begin with "source.", and "ts_ms".
type envelope struct {
	op      source // Debezium: inside payload, if there is one. Canal, Maxwell and CloudEvents: type
	outerOp source // Debezium: at the top
	payload source // Debezium
	ddl     source // Debezium, Canal: says that the message is about the table, not a row
	data    source // Canal, Maxwell: the rows
	old     source // and what the changed columns held before
	event   []attribute
}

// compileDebezium registers the envelope's own values, plain and below {"schema", "payload"}.
func (c *compiler) compileDebezium() {
	payload := c.attrs
	c.times(func(path string) source {
		if path == "ts_ms" || strings.HasPrefix(path, "source.") {
			return c.attr(path)
		}
		return c.at(path)
	})
	for i, name := range []string{"before", "after"} {
		payload.child(name).span = i + 1
	}
	c.envelope = &envelope{op: c.attr("op"), ddl: c.attr("ddl")}
	c.root = newNode("")
	for _, k := range payload.kids {
		if k.name != "op" {
			c.root.kids = append(c.root.kids, k)
		}
	}
	c.root.kids = append(c.root.kids, payload)
	c.envelope.outerOp = c.want(c.root, inEnvelope, "op", &c.envWidth)
	payload.at, payload.list = c.envWidth, inEnvelope
	c.envelope.payload = source{list: inEnvelope, at: c.envWidth}
	c.envWidth++
}

// unwrap finds the operation of a change event and brings the row image that it speaks of into place. A message of the connector
// that tells of a changed table instead has the operation 's'.
func (d *decoder) unwrap() (op byte, f *entity.Fault) {
	e := d.plan.envelope
	v := d.get(e.outerOp, 0)
	if d.get(e.payload, 0).kind == '{' {
		if v.kind != 0 {
			return 0, faultEnvelope
		}
		v = d.get(e.op, 0)
	}
	if v.kind == 0 && d.get(e.ddl, 0).kind == '"' && d.seen == [2]int{} {
		return 's', nil
	}
	if v.kind != '"' || len(v.text) != 1 || d.seen[imageBefore] > 1 || d.seen[imageAfter] > 1 {
		return 0, faultEnvelope
	}
	op = v.text[0]
	switch op {
	case 'c', 'r', 'u':
		if d.images[imageAfter] != '{' {
			return op, faultEnvelope
		}
	case 'd':
		return op, d.before()
	case 'm', 't':
	default:
		return op, faultEnvelope
	}
	return op, nil
}

// before reads the row image before a delete, if there is one: what it left is named by it, or else by the message's key.
func (d *decoder) before() *entity.Fault {
	d.resetRow()
	switch d.images[imageBefore] {
	case 0, 'n':
		return nil
	case '{':
	default:
		return faultEnvelope
	}
	return d.document(d.old, d.plan.row)
}
