package resolve_test

import (
	"context"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"wuku/catalog"
	"wuku/entity"
	"wuku/resolve"
)

var rewrite = flag.Bool("rewrite", false, "write the golden files anew")

// TestScenarios runs testdata/*.txt: one file a behaviour of the rule. Above the line "----" stand steps, below it what the library
// and its events then are.
//
//	FEED KEY VERSION DAY CLAIM [; CLAIM]   a message; a claim is [role=R] scheme:value… element=value… [fault]; or the word deleted,
//	                                        or nothing: a version in which nothing is mapped any more
//	hold FEED KEY …                        the same, but written to the store only at "release"
//	release | cycle | turn | owner         write what is held | run cycles until nothing is left | exchange authorities | a new owner
//	same A B WEIGHT | apart A B | revoke N  a link between two anchors, a steward's "not the same", and taking link N back
//	dies STEP                               a cycle is killed after one of its steps; a new owner takes over
//	erase FEED KEY                          legal erasure of a record; its messages are then refused, as ingest would
//	mapping N                              messages from here on are read under revision N of the feed's mapping, from the start
func TestScenarios(t *testing.T) {
	newWorld(t).scenarios(t)
}

func (w *world) scenarios(t *testing.T) {
	files, err := filepath.Glob("testdata/*.txt")
	if err != nil || len(files) == 0 {
		t.Fatal("no scenarios", err)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txt"), func(t *testing.T) {
			w.t = t
			text, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			steps, want, _ := strings.Cut(string(text), "----\n")
			got := w.scenario(steps)
			if *rewrite {
				if err := os.WriteFile(file, []byte(steps+"----\n"+got), 0o644); err != nil {
					t.Fatal(err)
				}
				return
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("(-want +got)\n%s", diff)
			}
		})
	}
}

// stage is one scenario under way.
type stage struct {
	*world
	anchorer *entity.Anchorer
	catalog  *catalog.Catalog
	owner    *resolve.Owner
	next     map[string]int64
	revision uint32
	history  []message
	held     []message
	names    map[entity.ID]string
	links    int
	erased   map[string]bool
}

func (w *world) scenario(steps string) string {
	w.t.Helper()
	w.reset()
	s := &stage{world: w, anchorer: entity.NewAnchorer(testKey), catalog: personCatalog(false), next: map[string]int64{}, revision: 1, names: map[entity.ID]string{}, erased: map[string]bool{}}
	s.owner = w.owner(s.catalog)
	for line := range strings.Lines(steps) {
		line = strings.TrimSpace(line)
		if line != "" && !strings.HasPrefix(line, "#") {
			s.step(strings.Fields(line))
		}
	}
	w.drain(s.owner)
	w.verify(s.catalog)
	return s.outcome()
}

func (s *stage) step(words []string) {
	s.t.Helper()
	switch words[0] {
	case "cycle":
		s.drain(s.owner)
	case "turn":
		s.catalog = personCatalog(!turned(s.catalog))
		for i := range s.catalog.Feeds {
			s.catalog.Feeds[i].Revision = s.revision
		}
		s.owner = s.world.owner(s.catalog)
	case "owner":
		s.owner = s.world.owner(s.catalog)
	case "dies":
		s.dies(words[1])
	case "hold":
		s.held = append(s.held, s.parse(words[1:]))
	case "release":
		for _, m := range s.held {
			s.write(s.anchorer, []message{m})
		}
		s.held = nil
	case "same", "apart":
		s.link(words)
	case "revoke":
		s.exec("query/test_revoke", map[string]string{"ID": linkID(words[1])})
	case "mapping":
		s.remap(words[1])
	case "erase":
		s.erase(words[1], words[2])
	default:
		m := s.parse(words)
		if s.erased[m.feed+"/"+m.key] {
			m.claims, m.key, m.erased = nil, "a keyed hash", true
		}
		s.history = append(s.history, m)
		s.write(s.anchorer, []message{m})
	}
}

// dies runs a cycle that ends after one of its steps, as if the process had been killed, and lets a new owner take over.
func (s *stage) dies(step string) {
	s.t.Helper()
	ctx, kill := context.WithCancel(s.t.Context())
	c := s.world.config(s.catalog)
	c.CrashPoint = func(name string) {
		if name == step {
			kill()
		}
	}
	o, err := resolve.Take(ctx, c)
	if err != nil {
		s.t.Fatal(err)
	}
	if _, _, err := o.Cycle(ctx); err == nil {
		s.t.Fatalf("the cycle has no step %s", step)
	}
	s.owner = s.world.owner(s.catalog)
}

func (s *stage) erase(feed, key string) {
	s.t.Helper()
	e := resolve.Erasure{Feed: feed, Key: key, Hash: "a keyed hash", Reason: "test", By: "test"}
	if err := resolve.Refuse(s.t.Context(), s.store, e); err != nil {
		s.t.Fatal(err)
	}
	if _, err := s.owner.Erase(s.t.Context(), e); err != nil {
		s.t.Fatal(err)
	}
	if err := resolve.Forget(s.t.Context(), s.store, e); err != nil {
		s.t.Fatal(err)
	}
	s.erased[feed+"/"+key] = true
}

// remap reads every topic again under another revision of the mapping, in which the street is not mapped.
func (s *stage) remap(revision string) {
	n, err := strconv.Atoi(revision)
	if err != nil {
		s.t.Fatal(err)
	}
	s.revision = uint32(n)
	for i := range s.catalog.Feeds {
		s.catalog.Feeds[i].Revision = s.revision
	}
	s.owner = s.world.owner(s.catalog)
	for _, m := range s.history {
		m.revision = s.revision
		for i := range m.claims {
			delete(m.claims[i].elements, "street")
		}
		s.write(s.anchorer, []message{m})
	}
}

func (s *stage) exec(statement string, data any) {
	s.t.Helper()
	if err := s.store.Exec(s.t.Context(), statement, data); err != nil {
		s.t.Fatal(err)
	}
}

func linkID(n string) string { return fmt.Sprintf("00000000-0000-8000-8000-%012s", n) }

func (s *stage) link(words []string) {
	s.links++
	data := map[string]any{"ID": linkID(strconv.Itoa(s.links)), "A": s.anchor(words[1]).String(), "B": s.anchor(words[2]).String(),
		"Same": words[0] == "same", "Weight": 0.0, "Library": "person"}
	if words[0] == "same" {
		weight, err := strconv.ParseFloat(words[3], 64)
		if err != nil {
			s.t.Fatal(err)
		}
		data["Weight"] = weight
	}
	s.exec("query/test_link", data)
}

// anchor reads scheme:value, or record:feed/key[/role].
func (s *stage) anchor(name string) entity.ID {
	scheme, value, _ := strings.Cut(name, ":")
	var id entity.ID
	if scheme == "record" {
		parts := strings.SplitN(value, "/", 3)
		id = s.anchorer.ByRecord("person", parts[0], []byte(parts[1]), strings.Join(parts[2:], ""))
	} else {
		id = s.anchorer.ByIdentifier(scheme, []byte(value))
	}
	s.names[id] = name
	return id
}

// parse reads a message step.
func (s *stage) parse(words []string) message {
	s.t.Helper()
	version, err1 := strconv.ParseUint(words[2], 10, 64)
	day, err2 := strconv.ParseInt(words[3], 10, 64)
	if err1 != nil || err2 != nil {
		s.t.Fatalf("step %q: version and day are numbers", words)
	}
	m := message{feed: words[0], key: words[1], declared: version, event: day * 86_400_000, revision: s.revision, offset: s.next[words[0]]}
	s.next[words[0]]++
	if words[4] == "deleted" {
		m.deleted = true
		return m
	}
	if words[4] == "nothing" {
		return m
	}
	for part := range strings.SplitSeq(strings.Join(words[4:], " "), ";") {
		c := claim{ids: map[string]string{}, elements: map[string]string{}}
		for _, w := range strings.Fields(part) {
			if scheme, value, ok := strings.Cut(w, ":"); ok {
				c.ids[scheme], c.elements[scheme] = value, value
				s.anchor(w)
			} else if name, value, ok := strings.Cut(w, "="); ok && name == "role" {
				c.role = value
			} else if ok {
				c.elements[name] = value
			} else if w == "fault" {
				c.fault = true
			} else {
				s.t.Fatalf("step %q: what is %q?", words, w)
			}
		}
		s.anchor("record:" + m.feed + "/" + m.key + "/" + c.role)
		m.claims = append(m.claims, c)
	}
	return m
}

func (s *stage) name(id string) string {
	for known, name := range s.names {
		if known.String() == id {
			return strings.TrimSuffix(name, "/")
		}
	}
	return id
}

// outcome writes the library and its events in a form that a person can check.
func (s *stage) outcome() string {
	var lines []string
	for id, values := range s.base() {
		var cells []string
		for _, e := range personElements {
			if v, ok := values[e]; ok {
				cells = append(cells, e+"="+v)
			}
		}
		lines = append(lines, "base "+s.name(id.String())+" "+strings.Join(cells, " "))
	}
	slices.Sort(lines)
	events, err := resolve.Events(s.t.Context(), s.store, "person", 0, s.owner.Sequence())
	if err != nil {
		s.t.Fatal(err)
	}
	if uint64(len(events)) != s.owner.Sequence() {
		s.t.Errorf("%d events for sequence %d", len(events), s.owner.Sequence())
	}
	var told []string
	for _, e := range events {
		line := "event " + e.Kind + " " + s.name(e.Entity)
		if e.Other != "" {
			line += " (" + s.name(e.Other) + ")"
		}
		told = append(told, strings.TrimSpace(line+" "+strings.Join(e.Elements, " ")))
	}
	return strings.Join(append(lines, told...), "\n") + "\n"
}
