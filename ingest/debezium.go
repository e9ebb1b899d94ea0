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

// envelope says where the parts of a Debezium change event stand among the values. Field paths of claims, key and delete are
// relative to the row image; the paths of version and event time that begin with "source.", and "ts_ms", are the envelope's.
type envelope struct {
	op      source // inside payload, if there is one
	outerOp source // at the top
	payload source
}

// compileEnvelope registers the envelope's own values, plain and below {"schema", "payload"}.
func (c *compiler) compileEnvelope() {
	payload := newNode("payload")
	at := func(path string) source {
		if path != "ts_ms" && !strings.HasPrefix(path, "source.") {
			return c.at(path)
		}
		return c.want(payload, inEnvelope, path, &c.envWidth)
	}
	c.times(at)
	for i, name := range []string{"before", "after"} {
		payload.child(name).span = i + 1
	}
	c.root = newNode("")
	c.root.kids = append(c.root.kids, payload.kids...)
	c.root.kids = append(c.root.kids, payload)
	c.envelope = &envelope{
		op:      c.want(payload, inEnvelope, "op", &c.envWidth),
		outerOp: c.want(c.root, inEnvelope, "op", &c.envWidth),
	}
	payload.at, payload.list = c.envWidth, inEnvelope
	c.envelope.payload = source{list: inEnvelope, at: c.envWidth}
	c.envWidth++
}

// unwrap finds the operation of a change event and brings the row image that it speaks of into place.
func (d *decoder) unwrap() (op byte, f *entity.Fault) {
	e := d.plan.envelope
	v := d.get(e.outerOp, 0)
	if d.get(e.payload, 0).kind == '{' {
		if v.kind != 0 {
			return 0, faultEnvelope
		}
		v = d.get(e.op, 0)
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
