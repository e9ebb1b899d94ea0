package access

import (
	"encoding/json/v2"
	"maps"
	"slices"
	"strconv"
	"time"

	"wuku/trust"
)

// Fold works out where everything stands. The result depends on which events there are, not on their order.
func Fold(events []Event, pepper *trust.Pepper) *Folded {
	return newFolding(pepper).take(events)
}

// folding folds events as they come: an event touches its own subject and nothing else, so only what is touched is folded again. It is
// for one goroutine at a time; what it has given away never changes.
type folding struct {
	pepper *trust.Pepper
	rows   map[Event]bool     // all that was taken, forged ones too
	sealed map[string][]Event // by subject, in order of time and id
	newest time.Time          // stamp of a sealed one
	now    *Folded
}

func newFolding(pepper *trust.Pepper) *folding {
	return &folding{pepper: pepper, rows: map[Event]bool{}, sealed: map[string][]Event{}, now: &Folded{Cases: map[string]*Case{}, Keys: map[string]Key{},
		Grants: map[string][]Grant{}, Acknowledged: map[string]Approval{}, Doubts: map[string]*Doubt{}, Presentations: map[int]time.Time{},
		Proposals: map[string]*Proposal{}, Demands: map[string]*Demand{}}}
}

// take adds events, in any order and repeated at will, and returns what all of them come to.
func (f *folding) take(events []Event) *Folded {
	forged, touched := f.now.Forged, map[string]bool{}
	for _, e := range events {
		e.At = e.At.UTC()
		if f.rows[e] {
			continue
		}
		f.rows[e] = true
		if !f.pepper.Sealed(e.MAC, e.parts()...) {
			forged++
			continue
		}
		at, there := slices.BinarySearchFunc(f.sealed[e.Subject], e, earlier)
		if there {
			continue
		}
		f.sealed[e.Subject] = slices.Insert(f.sealed[e.Subject], at, e)
		touched[e.Subject] = true
		if e.At.After(f.newest) {
			f.newest = e.At
		}
	}
	if len(touched) == 0 && forged == f.now.Forged {
		return f.now
	}
	next := &Folded{Cases: maps.Clone(f.now.Cases), Keys: maps.Clone(f.now.Keys), Grants: maps.Clone(f.now.Grants), Acknowledged: maps.Clone(f.now.Acknowledged),
		Doubts: maps.Clone(f.now.Doubts), Presentations: maps.Clone(f.now.Presentations),
		Proposals: maps.Clone(f.now.Proposals), Demands: maps.Clone(f.now.Demands), Forged: forged}
	clients := map[string]bool{}
	for subject := range touched {
		before := next.Cases[subject]
		next.again(subject, f.sealed[subject])
		for _, c := range []*Case{before, next.Cases[subject]} { // an event that comes late may name another client first
			if c != nil {
				clients[c.Application.Client] = true
			}
		}
	}
	next.grantsOf(clients)
	f.now = next
	return next
}

// earlier orders events by time, and by id where the times are the same.
func earlier(a, b Event) int {
	if c := a.At.Compare(b.At); c != 0 {
		return c
	}
	return compareText(a.ID, b.ID)
}

// again works out one subject from all its events.
func (f *Folded) again(subject string, events []Event) {
	delete(f.Cases, subject)
	delete(f.Keys, subject)
	delete(f.Doubts, subject)
	delete(f.Acknowledged, subject)
	delete(f.Proposals, subject)
	delete(f.Demands, subject)
	for _, e := range events { // first what others refer to
		switch e.Kind {
		case Filed:
			f.file(e)
		case Doubted:
			f.doubt(e)
		case CatalogProposed:
			f.propose(e)
		case Demanded:
			f.demand(e)
		case KeyIssued:
			var k Key
			if json.Unmarshal([]byte(e.Content), &k) == nil {
				f.Keys[e.Subject] = k
			}
		}
	}
	c, proposal, demand := f.Cases[subject], f.Proposals[subject], f.Demands[subject]
	for _, e := range events {
		switch {
		case e.Kind == KeyEnded:
			delete(f.Keys, e.Subject)
		case e.Kind == Unpresented:
			if at, err := strconv.Atoi(e.Subject); err == nil {
				f.Presentations[at] = e.At
			}
		case e.Kind == Answered:
			f.answer(e)
		case e.Kind == Ordered:
			f.order(e)
		case e.Kind == Acked:
			f.acknowledge(e)
		case proposal != nil:
			proposal.apply(e)
		case demand != nil:
			demand.apply(e)
		case c != nil:
			c.apply(e)
		}
	}
	if c != nil {
		c.settle()
	}
}

// grantsOf lists the grants of these clients anew, in order of id.
func (f *Folded) grantsOf(clients map[string]bool) {
	for client := range clients {
		delete(f.Grants, client)
	}
	for _, c := range f.Cases {
		if client := c.Application.Client; clients[client] && !c.Granted.IsZero() {
			f.Grants[client] = append(f.Grants[client], c.grant())
		}
	}
	for client := range clients {
		slices.SortFunc(f.Grants[client], func(a, b Grant) int { return compareText(a.ID, b.ID) })
	}
}
