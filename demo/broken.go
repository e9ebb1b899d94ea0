package demo

import "bytes"

// breakage is how a message is broken.
type breakage uint8

const (
	whole breakage = iota
	notJSON
	cutShort
	noObject
	withoutKey
	withoutVersion
	badEnvelope
	notUTF8
	nameTwice
	tooDeep
	fromFuture
)

// reason is the code with which a broken message must land in quarantine.
func (f *feed) reason(b breakage) string {
	if f.form.kind() == asAvro && b == notJSON {
		return "message.registry"
	}
	if f.form.kind() == asAvro && b == cutShort {
		return "message.avro"
	}
	return [...]string{"", "message.json", "message.json", "message.shape", "message.key", "message.version", "message.envelope",
		"message.encoding", "message.duplicate_name", "message.depth", "message.future"}[b]
}

// breakages are the kinds that a feed's messages can have.
func (f *feed) breakages() []breakage {
	kinds := []breakage{notJSON, cutShort, noObject, withoutKey, notUTF8, nameTwice, tooDeep, withoutVersion, badEnvelope, fromFuture}
	switch {
	case f.envelope:
		return kinds[:9]
	case f.form != "":
		return f.form.breakages()
	case f.broker:
		return kinds[:7]
	case !f.timed:
		return kinds[:8]
	}
	return append(kinds[:8:8], fromFuture)
}

// breakUp breaks a good message. Missing keys and versions and times in the future were made as the row was written.
func breakUp(b breakage, msg []byte) []byte {
	switch b {
	case notJSON:
		return []byte("<xml><head/><body>系统维护，请稍后再试</body></xml>")
	case cutShort:
		n := len(msg) * 2 / 3
		for msg[n]&0xc0 == 0x80 { // not inside a character: that would be another defect
			n--
		}
		return msg[:n]
	case noObject:
		return append(append([]byte{'['}, msg...), ']')
	case notUTF8: // "江苏" in GBK
		return append(append([]byte("{\"remark\":\"\xbd\xad\xcb\xd5\","), msg[1:]...), ' ')
	case nameTwice:
		return append([]byte(`{"remark":"1","remark":"2",`), msg[1:]...)
	case tooDeep:
		const depth = 120
		deep := append([]byte(`{"remark":`), bytes.Repeat([]byte{'['}, depth)...)
		return append(append(append(deep, bytes.Repeat([]byte{']'}, depth)...), ','), msg[1:]...)
	case badEnvelope:
		return bytes.Replace(msg, []byte(`"op":"`), []byte(`"op":"z`), 1)
	}
	return msg
}
