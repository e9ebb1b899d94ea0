package matter_test

import (
	"encoding/json/v2"
	"testing"
	"time"

	"wuku/matter"
)

// TestFoldKeepsWhatADecisionRestsOn: what is read of a case after its decision changes nothing of it before an appeal, and the evidence
// keeps the number with which it was salted, also of two readings at once.
func TestFoldKeepsWhatADecisionRestsOn(t *testing.T) {
	var events []matter.Event
	at := time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC)
	add := func(kind string, content any) *matter.Case {
		text, err := json.Marshal(content)
		if err != nil {
			t.Fatal(err)
		}
		at = at.Add(time.Second)
		events = append(events, matter.Event{ID: at.Format(time.RFC3339), At: at, Kind: kind, Case: "c1", Content: string(text)})
		return matter.Fold(events)
	}
	read := func(material string, reading int) matter.Check {
		return matter.Check{Outcomes: []matter.Outcome{{Material: material}}, Evidence: []matter.Evidence{{Material: material}}, Reading: reading}
	}
	holds := func(c *matter.Case, material string, reading int) {
		t.Helper()
		if len(c.Outcomes) != 1 || c.Outcomes[0].Material != material || len(c.Evidence) != 1 || c.Evidence[0].Material != material || c.Reading != reading {
			t.Errorf("%+v %+v, reading %d, want %s, %d", c.Outcomes, c.Evidence, c.Reading, material, reading)
		}
	}
	add(matter.Opened, matter.Opening{})
	holds(add(matter.Checked, read("first", 0)), "first", 0)
	holds(add(matter.Checked, read("second", 1)), "second", 1)
	holds(add(matter.Checked, read("beside it", 1)), "beside it", 1)
	holds(add(matter.Checked, read("of an older program", 0)), "of an older program", 3)
	add(matter.Decided, matter.Decision{Accept: true})
	holds(add(matter.Checked, read("after the decision", 4)), "of an older program", 3)
	add(matter.Appealed, matter.Appeal{})
	holds(add(matter.Checked, read("under appeal", 5)), "under appeal", 5)
}
