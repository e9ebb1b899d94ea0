package catalog

import (
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"
)

// writing checks how a feed's messages are written: encoding, columns, sender, and paths into an envelope.
func (k *checker) writing(p place, f *Feed) {
	if f.Encoding != "" && k.oneOf(p.key("encoding"), "encoding.unknown", "encoding", f.Encoding, Encodings[:]) {
		k.encoding(p.key("encoding"), f)
	}
	if f.CRS != "" && !slices.Contains(Systems(), f.CRS) {
		k.fail(p.key("crs"), "crs.unknown", fmt.Sprintf("coordinate system %q is unknown", f.CRS),
			"CGCS2000, WGS84, GCJ-02, BD-09, EPSG:3857, EPSG:4326 or EPSG:4490 to EPSG:4554; Xian 1980 and Beijing 1954 need the locality's parameters: transform them at the source")
	}
	if f.CSV != nil {
		k.csv(p.key("csv"), f)
	}
	if f.Source != nil {
		k.path(p.key("source").key("field"), f.Source.Field)
		k.distinct(p.key("source").key("values"), "source.duplicate", "sender", f.Source.Values)
		if len(f.Source.Values) == 0 {
			k.fail(p.key("source"), "source.values", fmt.Sprintf("no value of field %q is allowed", f.Source.Field), "list what a message of this feed names as its sender")
		}
	}
	if f.Snapshot != nil {
		k.snapshot(p, f)
	}
	if r := f.Refusals; r != nil && (r.Most < 0 || r.Most >= r.Of || r.Of > mostWatched) {
		k.fail(p.key("refusals"), "refusals.range", fmt.Sprintf("more than %d refused of %d records cannot be told", r.Most, r.Of), fmt.Sprintf("most is 0 or more and less than of, which is at most %d", mostWatched))
	}
	k.envelopePaths(p, f)
}

// mostWatched is the longest row of records in which refusals are counted.
const mostWatched = 1_000_000

// snapshotFormats are the formats that a mark can stand in as a record among records.
var snapshotFormats = []string{FormatJSON, FormatArray, FormatCSV}

// snapshot checks what a feed needs that sends all its records again.
func (k *checker) snapshot(p place, f *Feed) {
	s, q := f.Snapshot, p.key("snapshot")
	for _, path := range []struct{ key, text string }{{"mark", s.Mark}, {"run", s.Run}, {"count", s.Count}} {
		if path.text != "" || path.key == "mark" {
			k.path(q.key(path.key), path.text)
		}
	}
	all := append(slices.Clone(s.Begin), s.End...)
	k.distinct(q, "snapshot.duplicate", "value of a mark", all)
	if len(s.Begin) == 0 || len(s.End) == 0 {
		k.fail(q, "snapshot.marks", "a snapshot without a begin and an end mark is never known to be whole", "list the values of both")
	}
	if !slices.Contains(snapshotFormats, f.Format) {
		k.fail(p.key("format"), "snapshot.format", fmt.Sprintf("snapshots are not read from messages of format %s", f.Format), "choose one of "+strings.Join(snapshotFormats, ", "))
	}
	if f.Version.Kind != VersionBroker {
		k.fail(p.key("version").key("kind"), "snapshot.version", "a record that is missing from a snapshot has no version of its own", "choose version kind broker")
	}
	if f.Partitions != 1 {
		k.fail(p.key("partitions"), "snapshot.partitions", fmt.Sprintf("a snapshot in %d partitions has no order", f.Partitions), "set partitions: 1")
	}
}

func (k *checker) encoding(p place, f *Feed) {
	binary := f.Format == FormatAvro || f.Format == FormatJSON || f.Format == FormatDebezium
	switch {
	case f.Encoding == EncodingAvro && !binary:
		k.fail(p, "encoding.format", fmt.Sprintf("messages of format %s are not written in Avro", f.Format), "choose format avro or debezium, or another encoding")
	case f.Encoding != EncodingAvro && f.Format == FormatAvro:
		k.fail(p, "encoding.format", fmt.Sprintf("messages of format avro are not written in %s", f.Encoding), "remove encoding")
	}
}

func (k *checker) csv(p place, f *Feed) {
	if f.Format != FormatCSV {
		k.fail(p, "csv.format", fmt.Sprintf("messages of format %s have no columns", f.Format), "choose format csv, or remove csv")
	}
	k.distinct(p.key("columns"), "csv.duplicate", "column", f.CSV.Columns)
	for i, c := range f.CSV.Columns {
		if c == "" {
			k.fail(p.key("columns").item(i), "csv.column", "a column has no name", "name every column, also those that nothing is read from")
		}
	}
	if d := f.CSV.Delimiter; d != "" && (utf8.RuneCountInString(d) != 1 || strings.ContainsAny(d, "\"\r\n")) {
		k.fail(p.key("delimiter"), "csv.delimiter", fmt.Sprintf("%q is no delimiter", d), "write one character that is no quote and ends no line")
	}
}

// envelopePaths checks that only formats with an envelope address one.
func (k *checker) envelopePaths(p place, f *Feed) {
	if HasEnvelope(f.Format) {
		return
	}
	check := func(q place, path string) {
		if strings.HasPrefix(path, EnvelopePrefix) {
			k.fail(q, "path.envelope", fmt.Sprintf("messages of format %s have no envelope to read %q from", f.Format, path), "name a field of the record, or choose the format that has the envelope")
		}
	}
	for i, path := range f.Key {
		check(p.key("key").item(i), path)
	}
	check(p.key("version").key("field"), f.Version.Field)
	if f.EventTime != nil {
		check(p.key("event_time").key("field"), f.EventTime.Field)
	}
	if f.Delete != nil {
		check(p.key("delete").key("field"), f.Delete.Field)
	}
	if f.Source != nil {
		check(p.key("source").key("field"), f.Source.Field)
	}
	for i, s := range f.Claims {
		for j, x := range s.Fields {
			check(p.key("claims").item(i).key("fields").item(j).key("from"), x.From)
		}
	}
}
