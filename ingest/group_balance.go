package ingest

import (
	"cmp"
	"slices"

	"github.com/segmentio/kafka-go"
)

// spread gives the partitions of all topics together to the members in turn. kafka-go's own balancers deal topic by topic and
// always begin with the first member, so of a hundred topics with one partition it would get all hundred.
type spread struct{}

func (spread) ProtocolName() string { return "wuku-spread" }

func (spread) UserData() ([]byte, error) { return nil, nil }

// AssignGroups is a pure function of the two sets, whatever their order. A partition goes to the next member in turn that
// asked for its topic (one with an older catalogue may not).
func (spread) AssignGroups(members []kafka.GroupMember, partitions []kafka.Partition) kafka.GroupMemberAssignments {
	members, partitions = slices.Clone(members), slices.Clone(partitions)
	slices.SortFunc(members, func(a, b kafka.GroupMember) int { return cmp.Compare(a.ID, b.ID) })
	slices.SortFunc(partitions, func(a, b kafka.Partition) int {
		return cmp.Or(cmp.Compare(a.Topic, b.Topic), cmp.Compare(a.ID, b.ID))
	})
	assigned := kafka.GroupMemberAssignments{}
	for _, m := range members {
		assigned[m.ID] = map[string][]int{}
	}
	turn := 0
	for _, p := range partitions {
		for i := range members {
			m := &members[(turn+i)%len(members)]
			if slices.Contains(m.Topics, p.Topic) {
				assigned[m.ID][p.Topic] = append(assigned[m.ID][p.Topic], p.ID)
				turn += i + 1
				break
			}
		}
	}
	return assigned
}
