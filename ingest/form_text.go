package ingest

import (
	"bytes"
	"slices"

	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/transform"

	"wuku/catalog"
	"wuku/entity"
)

// byteOrderMark may begin a text; it says nothing in UTF-8 and is passed over.
var byteOrderMark = []byte("\xef\xbb\xbf")

// textReader brings the bytes of a message into UTF-8. What it returns holds until the next read. The zero value is ready.
type textReader struct {
	schemas *Registry
	buffer  []byte
	chinese transform.Transformer
	avro    avroReader
}

// read returns a value's text in the feed's encoding as UTF-8, and Avro as JSON.
func (r *textReader) read(feed *catalog.Feed, b []byte, opts MapperOptions) ([]byte, *entity.Fault) {
	switch {
	case feed.IsAvro():
		return r.fromAvro(b, opts)
	case feed.Encoding == catalog.EncodingGB18030:
		return r.fromGB18030(b)
	}
	return bytes.TrimPrefix(b, byteOrderMark), nil
}

// key is read for a message's key, of which little need be expected: one that is not in the encoding is taken as it is.
func (r *textReader) key(feed *catalog.Feed, b []byte, opts MapperOptions) []byte {
	if feed.IsAvro() && (len(b) == 0 || b[0] != 0) {
		return b
	}
	text, f := r.read(feed, b, opts)
	if f != nil {
		return b
	}
	return text
}

// replacement is what decoders of x/text put for what cannot be read.
var replacement = []byte("\ufffd")

// fromGB18030 refuses a text with bytes that are no GB 18030. A text that holds U+FFFD itself is refused with them: it is what some
// other program has put for characters it could not read.
func (r *textReader) fromGB18030(b []byte) ([]byte, *entity.Fault) {
	if bytes.HasPrefix(b, byteOrderMark) {
		return nil, faultEncoding // it says that it is UTF-8
	}
	if r.chinese == nil {
		r.chinese = simplifiedchinese.GB18030.NewDecoder().Transformer
	}
	r.chinese.Reset()
	r.buffer = slices.Grow(r.buffer[:0], 3*len(b))
	n, read, err := r.chinese.Transform(r.buffer[:cap(r.buffer)], b, true)
	out := r.buffer[:n]
	if err != nil || read != len(b) || bytes.Contains(out, replacement) {
		return nil, faultEncoding
	}
	return out, nil
}
