package catalog

import "strings"

// changesSuffix makes the topic on which the program itself says what has changed between two snapshots of a feed.
const changesSuffix = ".changes"

// ChangesTopic is the topic whose messages become claims: the feed's own, and for a feed of snapshots the program's, which has what
// changed from one to the next.
func (f *Feed) ChangesTopic() string {
	if f.Snapshot != nil {
		return f.Topic + changesSuffix
	}
	return f.Topic
}

// IsChanges reports whether a topic is one of changes. These are the only compacted ones: what a newer change of a record has
// superseded may go, so that an erased record's values do.
func IsChanges(topic string) bool { return strings.HasSuffix(topic, changesSuffix) }

// SourceTopic is the topic of the feed whose topic or topic of changes this is.
func SourceTopic(topic string) string { return strings.TrimSuffix(topic, changesSuffix) }

// Streams is the catalogue with one feed for each topic that is read: of a feed of snapshots its own topic, on which nothing but
// snapshots stands, and, as a second feed of the same name without Snapshot, its topic of changes: JSON, a record a message, whatever the
// form of the snapshots. Nothing of c is changed; what it returns shares all else with c.
func Streams(c *Catalog) *Catalog {
	n := *c
	n.Feeds = nil
	for _, f := range c.Feeds {
		n.Feeds = append(n.Feeds, f)
		if f.Snapshot != nil {
			f.Topic, f.Snapshot, f.Delete = f.ChangesTopic(), nil, &Delete{Tombstone: true}
			if f.Format != FormatJSON {
				f.Format, f.Encoding, f.CSV = FormatJSON, "", nil
			}
			n.Feeds = append(n.Feeds, f)
		}
	}
	return &n
}
