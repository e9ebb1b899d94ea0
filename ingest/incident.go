package ingest

// Kinds of entity.Incident that ingest reports. The codes are stable: they stand in quality.incident, alerts and documents. Those
// marked "stops" stop the partition until what the detail says has been done; the others are told and the work goes on.
const (
	IncidentGap       = "gap"       // retention deleted offsets before we read them; the feed is incomplete
	IncidentTruncated = "truncated" // the topic ends before what was read: it was re-created or truncated (stops)
	IncidentRecreated = "recreated" // the last message that was read is another one now (stops)
	IncidentCorrupt   = "corrupt"   // the broker's bytes fail their own checksum or format (stops)
	IncidentDenied    = "denied"    // the broker refuses us the topic (stops)
	IncidentStall     = "stall"     // there is something to read and nothing arrives; all connections are made anew
	IncidentIdle      = "idle"      // a stage of the program has work and does none; the detail names it
	IncidentRefused   = "refused"   // the store can never take rows of one table as they are (stops)
	IncidentImpostor  = "impostor"  // a message names another sender than its topic belongs to; it is in quarantine
	IncidentSnapshot  = "snapshot"  // a snapshot is not whole: nothing of it was taken, or nothing deleted
	IncidentEmptied   = "emptied"   // the source has truncated its table, and no message says which records that were
	IncidentRefusing  = "refusing"  // more records of a feed are refused than its contract allows: its form has changed, most likely
	IncidentLate      = "late"      // nothing has come of a feed for longer than its declared update cycle
	IncidentPoison    = "poison"    // a message crashed its mapping; it is in quarantine with reason ReasonCrasher
)

// ReasonCrasher is the reason in quarantine of a message that crashes its mapping.
const ReasonCrasher = "message.crasher"
