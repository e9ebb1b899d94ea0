package catalog

import (
	"slices"
	"strconv"

	"wuku/entity"
)

// Formats is the one list of ways in which a source may write a date or a time. Those without a zone are Asia/Shanghai; epochs
// count from 1970-01-01T00:00:00Z; iso is RFC 3339, or its date alone.
var Formats = [...]string{"yyyy-MM-dd", "yyyyMMdd", "yyyy-MM-dd HH:mm:ss", "yyyyMMddHHmmss", "yyyy/MM/dd", "yyyy年M月d日", "iso",
	"epoch_ms", "epoch_s", "epoch_days", "epoch_us"}

// Types lists the element types.
var Types = [...]string{TypeText, TypeCode, TypeIdentifier, TypeInt, TypeDecimal, TypeFloat, TypeBool, TypeDate, TypeDateTime,
	TypeGeometry}

// Schemes lists the identifier schemes that the program can check and normalise. A library may declare further ones in its
// identity list: their values are only trimmed.
var Schemes = [...]string{entity.SchemeCitizen, entity.SchemeCitizen15, entity.SchemeUSCC, entity.SchemeOrgCode, entity.SchemeRegNo,
	entity.SchemeTaxID, entity.SchemePassport, entity.SchemePermit, entity.SchemeCertificate, entity.SchemeParcel,
	entity.SchemeRealProperty, entity.SchemeHolder}

// Tiers lists the levels of government that a feed may come from.
var Tiers = [...]string{"nation", "province", "city"}

// Kinds of message that a feed may carry. Where a message has an envelope around its record, paths that begin with EnvelopePrefix
// address the envelope.
const (
	FormatJSON        = "json"        // the record as one JSON object
	FormatArray       = "array"       // a JSON array of records
	FormatCSV         = "csv"         // lines of comma-separated values, each a record
	FormatAvro        = "avro"        // the record in Avro, with the header of a schema registry
	FormatDebezium    = "debezium"    // a Debezium change envelope: op, before, after, source
	FormatCanal       = "canal"       // a Canal flat message: data (a list of records), type, es, ts
	FormatMaxwell     = "maxwell"     // a Maxwell change: data, type, ts
	FormatCloudEvents = "cloudevents" // CloudEvents 1.0 in structured or binary mode; data is the record

	// EnvelopePrefix begins a path into the envelope: envelope.es of Canal, envelope.source.lsn of Debezium, envelope.subject of CloudEvents.
	EnvelopePrefix = "envelope."
)

// MessageFormats lists the kinds of message.
var MessageFormats = [...]string{FormatJSON, FormatArray, FormatCSV, FormatAvro, FormatDebezium, FormatCanal, FormatMaxwell, FormatCloudEvents}

// HasEnvelope reports whether a message of the format has an envelope around its record.
func HasEnvelope(format string) bool {
	return slices.Contains([]string{FormatDebezium, FormatCanal, FormatMaxwell, FormatCloudEvents}, format)
}

// Ways in which the bytes of a message are written.
const (
	EncodingUTF8    = "utf-8"
	EncodingGB18030 = "gb18030" // and with it GBK and GB 2312, which it contains
	EncodingAvro    = "avro"    // Avro binary with the schema's id before it (a schema registry's wire format)
)

// Encodings lists the ways in which the bytes of a message may be written.
var Encodings = [...]string{EncodingUTF8, EncodingGB18030, EncodingAvro}

// Systems lists the coordinate systems that a feed may declare: CGCS2000 in degrees and in all zones of Gauss-Krueger, WGS84, Web
// Mercator, and the two shifted systems of web maps. 坐标系
func Systems() []string {
	list := []string{"CGCS2000", "WGS84", "GCJ-02", "BD-09", "EPSG:3857", "EPSG:4326", "EPSG:4490"}
	for code := 4491; code <= 4554; code++ {
		list = append(list, "EPSG:"+strconv.Itoa(code))
	}
	return list
}

// IsAvro reports whether the feed's messages are Avro.
func (f *Feed) IsAvro() bool { return f.Format == FormatAvro || f.Encoding == EncodingAvro }

// HoldsMany reports whether one of the feed's messages may hold several records.
func (f *Feed) HoldsMany() bool {
	switch f.Format {
	case FormatArray, FormatCSV, FormatCanal, FormatMaxwell:
		return true
	}
	return false
}

// Cycles lists the update cycles of the national resource catalogue (2017 guide).
var Cycles = [...]string{"realtime", "hourly", "daily", "weekly", "monthly", "quarterly", "halfyearly", "yearly", "irregular", "never"}

// Shares lists the sharing types, Forms the forms of a resource, Urgencies those of an item from the most urgent.
var (
	Shares    = [...]string{ShareFree, ShareConditional, ShareNone}
	Forms     = [...]string{"table", "file", "api"}
	Urgencies = [...]string{"urgent", "high", "normal"}
)

// Relations lists the kinds of Relation.
var Relations = [...]string{RelationOrder, RelationBorn, RelationSex, RelationCounty, RelationDivisionYear, RelationSwapped}

// SlotRanks lists what a slot may say of its place in authorities.
var SlotRanks = [...]string{"last"}

// versionKinds lists the kinds of Version.
var versionKinds = [...]string{VersionCounter, VersionTime, VersionBroker}

// reserved reports whether an element's name is a column that every table of its library has anyway.
func reserved(name string) bool {
	return slices.Contains(entity.ClaimColumns, name) ||
		slices.Contains([]string{"entity", "feeds", "doubted", "updated", "epoch", "cycle", "removed", "revision"}, name)
}

// isTime reports whether values of the type are written in a time format.
func isTime(elementType string) bool { return elementType == TypeDate || elementType == TypeDateTime }

// isNumber reports whether values of the type are numbers.
func isNumber(elementType string) bool {
	return elementType == TypeInt || elementType == TypeDecimal || elementType == TypeFloat
}

// schemes are the known schemes and those that the catalogue's identity lists declare.
func (c *Catalog) schemes() []string {
	all := slices.Clone(Schemes[:])
	for _, l := range c.Libraries {
		for _, id := range l.Identity {
			if !slices.Contains(all, id.Scheme) {
				all = append(all, id.Scheme)
			}
		}
	}
	return all
}

// Direct reports whether a feed is a direct line 直连 to a department's database: it carries the changes of its tables, captured there.
func (f *Feed) Direct() bool {
	return f.Format == FormatDebezium || f.Format == FormatCanal || f.Format == FormatMaxwell
}
