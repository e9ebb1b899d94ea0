package ingest

import "wuku/entity"

// The faults that send a whole message to quarantine. Those of single values are made per field, see fieldFaults.
var (
	faultJSON = &entity.Fault{Code: "message.json", Message: "the value is not valid JSON (RFC 8259)",
		Hint: "write one JSON object a message"}
	faultShape = &entity.Fault{Code: "message.shape", Message: "the value is JSON, but not an object",
		Hint: "write one JSON object a message"}
	faultEncoding = &entity.Fault{Code: "message.encoding", Message: "the value is not UTF-8 (or begins with a byte order mark, or has half a surrogate pair)",
		Hint: "write UTF-8 without a byte order mark; convert GBK or GB 18030 first"}
	faultDuplicateName = &entity.Fault{Code: "message.duplicate_name", Message: "an object has one name twice",
		Hint: "write every name once"}
	faultDepth    = &entity.Fault{Code: "message.depth", Message: "the value nests too deep", Hint: "flatten it, or raise the limit"}
	faultSize     = &entity.Fault{Code: "message.size", Message: "the message is too large", Hint: "split it, or raise the limit"}
	faultEnvelope = &entity.Fault{Code: "message.envelope", Message: "the value is no Debezium change event with op and its row image",
		Hint: "check the connector: op is one of c, r, u, d, t, m; after (before for d) is an object"}
	faultKey = &entity.Fault{Code: "message.key", Message: "the record's key is missing, empty, not a plain value, over 1,024 bytes, or holds | or control characters",
		Hint: "fill every key field"}
	faultListKey = &entity.Fault{Code: "message.list_key", Message: "an element of the list has no key of its own, or one that stands twice",
		Hint: "fill the list_key fields of every element, each combination once"}
	faultList = &entity.Fault{Code: "message.list", Message: "the mapping expects a list of objects here",
		Hint: "write an array of objects, or correct the mapping"}
	faultVersion = &entity.Fault{Code: "message.version", Message: "the record's version is missing or not written as the feed declares",
		Hint: "fill the version field, or correct the feed's declaration"}
	faultEventTime = &entity.Fault{Code: "message.event_time", Message: "the event time is missing, not written as the feed declares, or before 1900",
		Hint: "fill the event time field, or correct the feed's declaration"}
	faultFuture = &entity.Fault{Code: "message.future", Message: "the version or event time lies more than 24 hours after the broker's timestamp, or after the year 9998",
		Hint: "correct the source's clock or the time zone, then retry"}
)
