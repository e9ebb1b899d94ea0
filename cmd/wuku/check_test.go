package main

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	"wuku/entity"
)

// compare names what differs between two images: what was lost, what was added, what has other values.
func compare(got, want image) (problems []string) {
	problems = compareLists("incident", got.incidents, nil)
	for _, library := range entity.Libraries {
		g, w := got.entities[library], want.entities[library]
		for _, id := range slices.Sorted(maps.Keys(w)) {
			switch {
			case g[id] == nil:
				problems = append(problems, fmt.Sprintf("%s: entity %s is lost", library, id))
			case !maps.Equal(g[id], w[id]):
				problems = append(problems, fmt.Sprintf("%s: entity %s differs in %v", library, id, differing(g[id], w[id])))
			}
		}
		for _, id := range slices.Sorted(maps.Keys(g)) {
			if w[id] == nil {
				problems = append(problems, fmt.Sprintf("%s: entity %s should not be", library, id))
			}
		}
	}
	problems = append(problems, compareLists("finding", got.findings, want.findings)...)
	problems = append(problems, compareLists("quarantine", got.quarantine, want.quarantine)...)
	return append(problems, compareLists("twice in quarantine", got.doubled, nil)...)
}

func compareLists(what string, got, want []string) (problems []string) {
	for _, x := range want {
		if _, ok := slices.BinarySearch(got, x); !ok {
			problems = append(problems, "lost "+what+": "+x)
		}
	}
	for _, x := range got {
		if _, ok := slices.BinarySearch(want, x); !ok {
			problems = append(problems, "unwanted "+what+": "+x)
		}
	}
	return problems
}

// differing are the columns with other values. The value of a column is a person's datum: only its name is told.
func differing(a, b map[string]string) (columns []string) {
	for _, k := range slices.Sorted(maps.Keys(b)) {
		if a[k] != b[k] {
			columns = append(columns, k)
		}
	}
	return columns
}

// follower keeps, per library, what a subscriber to the change events knows.
type follower struct {
	read map[string]int             // events taken
	live map[string]map[string]bool // library, entity
	was  image                      // at the last look
}

func newFollower() *follower {
	f := &follower{read: map[string]int{}, live: map[string]map[string]bool{}}
	for _, l := range entity.Libraries {
		f.live[l] = map[string]bool{}
	}
	return f
}

// follow takes the new events and proves that they tell all that has changed between the last image and this one, each change
// once: nobody is created twice, or removed without having been there, and every element that differs is named.
func (f *follower) follow(ctx context.Context, w *world, now image) (problems []string, err error) {
	for _, library := range entity.Libraries {
		list, found, err := w.events(ctx, library)
		if err != nil {
			return nil, err
		}
		problems = append(problems, found...)
		if len(list) < f.read[library] {
			problems = append(problems, fmt.Sprintf("%s: %d events, there were %d", library, len(list), f.read[library]))
			continue
		}
		fresh := list[f.read[library]:]
		f.read[library] = len(list)
		problems = append(problems, f.fold(library, fresh)...)
		problems = append(problems, f.explained(library, fresh, now)...)
	}
	f.was = now
	return problems, nil
}

// fold plays events on the set of live entities.
func (f *follower) fold(library string, events []told) (problems []string) {
	live := f.live[library]
	for _, e := range events {
		switch e.kind {
		case "created", "split":
			if live[e.entity] {
				problems = append(problems, fmt.Sprintf("%s: event %s, but it is there already", library, e))
			}
			live[e.entity] = true
		case "removed", "merged":
			if !live[e.entity] {
				problems = append(problems, fmt.Sprintf("%s: event %s, but it is not there", library, e))
			}
			delete(live, e.entity)
		case "updated":
			if !live[e.entity] {
				problems = append(problems, fmt.Sprintf("%s: event %s of an entity that is not there", library, e))
			}
		default:
			problems = append(problems, fmt.Sprintf("%s: event %s of an unknown kind", library, e))
		}
	}
	return problems
}

// explained compares the events with the difference of the images.
func (f *follower) explained(library string, events []told, now image) (problems []string) {
	named := map[string][]string{}
	for _, e := range events {
		named[e.entity] = append(named[e.entity], e.elements...)
	}
	for _, id := range slices.Sorted(maps.Keys(now.entities[library])) {
		row, before := now.entities[library][id], f.was.entities[library][id]
		if !f.live[library][id] {
			problems = append(problems, fmt.Sprintf("%s: no event tells of entity %s", library, id))
		}
		for _, column := range slices.Sorted(maps.Keys(row)) {
			old, there := before[column]
			if silent(column) || old == row[column] || !there && row[column] == "NULL" || slices.Contains(named[id], column) {
				continue
			}
			problems = append(problems, fmt.Sprintf("%s: no event tells that %s of entity %s changed", library, column, id))
		}
	}
	for _, id := range slices.Sorted(maps.Keys(f.live[library])) {
		if now.entities[library][id] == nil {
			problems = append(problems, fmt.Sprintf("%s: no event tells that entity %s is gone", library, id))
		}
	}
	return problems
}

// silent are the columns that are no elements.
func silent(column string) bool {
	switch column {
	case "entity", "feeds", "division":
		return true
	}
	return false
}

// brief is the first few of many problems.
func brief(problems []string) string {
	const most = 12
	if len(problems) > most {
		return strings.Join(problems[:most], "\n") + fmt.Sprintf("\n… %d in all", len(problems))
	}
	return strings.Join(problems, "\n")
}
