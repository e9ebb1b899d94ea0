package ingest

import "wuku/entity"

// The faults that send a whole message to quarantine. Those of single values are made per field, see fieldFaults.
var (
	faultJSON = &entity.Fault{Code: "message.json", Message: "the value is not valid JSON (RFC 8259)",
		Hint: "write one JSON object a message (an array where the feed's format says so)"}
	faultShape = &entity.Fault{Code: "message.shape", Message: "the value is JSON, but not an object",
		Hint: "write one JSON object a message"}
	faultEncoding = &entity.Fault{Code: "message.encoding", Message: "the value is not written in the feed's encoding (UTF-8 unless declared), or has half a surrogate pair",
		Hint: "write UTF-8, or declare encoding gb18030 for the feed"}
	faultDuplicateName = &entity.Fault{Code: "message.duplicate_name", Message: "an object has one name twice",
		Hint: "write every name once"}
	faultDepth    = &entity.Fault{Code: "message.depth", Message: "the value nests too deep", Hint: "flatten it, or raise the limit"}
	faultSize     = &entity.Fault{Code: "message.size", Message: "the message is too large", Hint: "split it, or raise the limit"}
	faultEnvelope = &entity.Fault{Code: "message.envelope", Message: "the value is no Debezium change event with op and its row image",
		Hint: "check the connector: op is one of c, r, u, d, t, m; after (before for d) is an object"}
	faultRows = &entity.Fault{Code: "message.envelope", Message: "the value is no change message with type and a list of rows in data",
		Hint: "check the connector: Canal's flat message, or Maxwell's JSON, has type and data"}
	faultEvent = &entity.Fault{Code: "message.envelope", Message: "the message is no CloudEvents 1.0 event with specversion, id, source, type and a JSON object as data",
		Hint: "send the attributes beside data, or as headers that begin with ce_, and content-type application/json"}
	faultRow   = &entity.Fault{Code: "message.row", Message: "a record of the message is no object", Hint: "write every record as a JSON object"}
	faultArray = &entity.Fault{Code: "message.shape", Message: "the value is JSON, but not an array of records",
		Hint: "write one JSON array of objects a message"}
	faultTwice = &entity.Fault{Code: "message.repeated", Message: "the message holds this record twice with the same version",
		Hint: "send each version of a record once, or give the second a greater version"}
	faultHeader = &entity.Fault{Code: "message.header", Message: "the first line names no columns, or one of them twice or not at all",
		Hint: "begin the message with a line of the columns' names, or declare csv.columns for the feed"}
	faultColumns = &entity.Fault{Code: "message.columns", Message: "the line has more or fewer values than there are columns",
		Hint: "put values with the delimiter, quotes or line ends in them between quotes"}
	faultQuote = &entity.Fault{Code: "message.quote", Message: "a quote stands inside a value, or a quoted value is not closed",
		Hint: "put the value between quotes and double the quotes in it (RFC 4180)"}
	faultSender = &entity.Fault{Code: "message.source", Message: "the message names another sender than its topic belongs to",
		Hint: "publish to the topic of the department that the message names, or correct the feed's source"}
	faultExpired = &entity.Fault{Code: "message.expired", Message: "the broker got the message after the last day of its feed",
		Hint: "stop sending, or have the platform prolong the feed (expires): then the topic is read again"}
	faultNoSchema = &entity.Fault{Code: "message.registry", Message: "the message does not begin with a schema registry's header (0 and the schema's id)",
		Hint: "use a serializer that writes the registry's wire format"}
	faultSchema = &entity.Fault{Code: "message.schema", Message: "the registry has no Avro schema of the message's id, or one that cannot be used",
		Hint: "register the schema in the registry that wuku reads, then retry"}
	faultAvro = &entity.Fault{Code: "message.avro", Message: "the bytes do not fit the schema that the message names",
		Hint: "check that the producer writes with the schema that it registers"}
	faultCount = &entity.Fault{Code: "message.count", Message: "the number of records in a mark is no whole number", Hint: "write how many records the snapshot has, or leave it out"}
	faultKey   = &entity.Fault{Code: "message.key", Message: "the record's key is missing, empty, not a plain value, over 1,024 bytes, or holds | or control characters",
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
