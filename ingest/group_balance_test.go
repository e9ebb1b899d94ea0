package ingest

import (
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/segmentio/kafka-go"
	"pgregory.net/rapid"
)

// Every partition goes to one member that asked for its topic, members with equal wishes differ by at most one, and the order of
// either set changes nothing.
func TestSpread(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(r *rapid.T) {
		var topics []string
		var partitions []kafka.Partition
		for i := range rapid.IntRange(0, 20).Draw(r, "topics") {
			topic := fmt.Sprintf("t%d", i)
			topics = append(topics, topic)
			for p := range rapid.IntRange(1, 4).Draw(r, "partitions") {
				partitions = append(partitions, kafka.Partition{Topic: topic, ID: p})
			}
		}
		var members []kafka.GroupMember
		for i := range rapid.IntRange(1, 5).Draw(r, "members") {
			members = append(members, kafka.GroupMember{ID: fmt.Sprintf("m%d", i), Topics: topics})
		}
		got := spread{}.AssignGroups(members, partitions)
		owners, least, most := map[string]string{}, len(partitions), 0
		for _, m := range members {
			n := 0
			for topic, ids := range got[m.ID] {
				for _, id := range ids {
					n++
					p := fmt.Sprint(topic, "/", id)
					if owners[p] != "" {
						r.Fatalf("%s has two owners", p)
					}
					owners[p] = m.ID
				}
			}
			least, most = min(least, n), max(most, n)
		}
		if len(owners) != len(partitions) || most-least > 1 {
			r.Fatalf("%d of %d partitions assigned, between %d and %d a member", len(owners), len(partitions), least, most)
		}
		again := spread{}.AssignGroups(rapid.Permutation(members).Draw(r, "order"), rapid.Permutation(partitions).Draw(r, "order"))
		if diff := cmp.Diff(got, again); diff != "" {
			r.Fatal(diff)
		}
	})
}

func TestSpreadGivesTopicsToThoseWhoAsked(t *testing.T) {
	t.Parallel()
	got := spread{}.AssignGroups(
		[]kafka.GroupMember{{ID: "new", Topics: []string{"a", "b"}}, {ID: "old", Topics: []string{"a"}}, {ID: "none"}},
		[]kafka.Partition{{Topic: "a", ID: 0}, {Topic: "b", ID: 0}, {Topic: "b", ID: 1}, {Topic: "c", ID: 0}})
	want := kafka.GroupMemberAssignments{"new": {"a": {0}, "b": {0, 1}}, "none": {}, "old": {}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}
