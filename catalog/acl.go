package catalog

import (
	"slices"
	"strings"
)

// ACL is one permission on a Kafka cluster. Everything that is not permitted is denied: the cluster must run with an authorizer and
// allow.everyone.if.no.acl.found=false.
type ACL struct {
	Principal string `json:"principal"` // User:police
	Resource  string `json:"resource"`  // topic, group or cluster
	Name      string `json:"name"`
	Pattern   string `json:"pattern"`   // literal or prefixed
	Operation string `json:"operation"` // Read, Write, Describe, …
}

// ACLOptions names what the catalogue does not know.
type ACLOptions struct {
	Program string // user that wuku connects as; default wuku
	Group   string // its consumer group; default wuku
	// User gives a department's user; nil: the department's code.
	User func(department string) string
}

// ACLs lists what each department and the program itself may do: a department writes to the topics of its own feeds and reads what
// comes back to it (its quarantine, its work orders), and nothing else; the program reads feeds' topics and writes its own. The list is
// sorted and holds no entry twice.
func ACLs(c *Catalog, o ACLOptions) []ACL {
	if o.Program == "" {
		o.Program = "wuku"
	}
	if o.Group == "" {
		o.Group = "wuku"
	}
	if o.User == nil {
		o.User = func(department string) string { return department }
	}
	var list []ACL
	add := func(user, resource, name, pattern string, operations ...string) {
		for _, op := range operations {
			list = append(list, ACL{"User:" + user, resource, name, pattern, op})
		}
	}
	for _, f := range c.Feeds {
		user := o.User(f.Department)
		add(user, "topic", f.Topic, "literal", "Write", "Describe")
		add(user, "topic", f.Topic+".quarantine", "literal", "Read", "Describe")
		add(user, "topic", "wuku.workorders."+f.Department, "literal", "Read", "Describe")
		add(user, "group", f.Department+".", "prefixed", "Read")
		add(o.Program, "topic", f.Topic, "literal", "Read", "Describe", "DescribeConfigs")
		if f.Snapshot != nil {
			add(o.Program, "topic", f.ChangesTopic(), "literal", "Read", "Write", "Describe", "DescribeConfigs")
		}
		add(o.Program, "topic", f.Topic+".quarantine", "literal", "Read", "Write", "Describe")
	}
	add(o.Program, "topic", "wuku.", "prefixed", "Read", "Write", "Describe", "Create")
	add(o.Program, "topic", "src.", "prefixed", "Create")
	add(o.Program, "group", o.Group, "literal", "Read", "Describe")
	slices.SortFunc(list, compareACL)
	return slices.Compact(list)
}

func compareACL(a, b ACL) int {
	for _, pair := range [][2]string{{a.Principal, b.Principal}, {a.Resource, b.Resource}, {a.Name, b.Name}, {a.Pattern, b.Pattern}, {a.Operation, b.Operation}} {
		if n := strings.Compare(pair[0], pair[1]); n != 0 {
			return n
		}
	}
	return 0
}
