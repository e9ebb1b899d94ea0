package ingest

import "strings"

// Topics that belong to the program itself. Feeds' topics come from the catalogue (src.<department>.<feed>).
const (
	TopicRetry     = "wuku.retry"     // quarantined messages to be mapped again, see PublishRetry
	TopicOwner     = "wuku.owner"     // one partition; the offset of a claim on ownership is its epoch
	TopicDecisions = "wuku.decisions" // stewards' decisions
	TopicAlerts    = "wuku.alerts"    // warnings, for people: see quality.Watch

	topicChanges    = "wuku.changes."
	topicWorkOrders = "wuku.workorders."
	quarantined     = ".quarantine"
)

// TopicChanges is the topic of a library's change events.
func TopicChanges(library string) string { return topicChanges + library }

// TopicWorkOrders is the topic of the work orders for one department.
func TopicWorkOrders(department string) string { return topicWorkOrders + department }

// TopicQuarantine is where a feed's quarantined messages can be read by the department that owns it.
func TopicQuarantine(feedTopic string) string { return feedTopic + quarantined }

// IsOwn reports whether a topic is one of the program's, which no department may write to.
func IsOwn(topic string) bool {
	return strings.HasPrefix(topic, "wuku.") || strings.HasSuffix(topic, quarantined)
}
