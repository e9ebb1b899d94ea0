package quality

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
)

// markers is the last finished cycle of every library.
type markers map[string]marker

type marker struct {
	marks map[string]uint64 // "topic/partition/revision" -> next offset
	seq   uint64            // number of its last event
}

// position is a name with a number, as the templates write maps.
type position struct {
	Name string
	Next uint64
}

// window is a range of offsets of one stream.
type window struct {
	Topic               string
	Partition, Revision uint32
	From, To            uint64
}

// seen is what the last inspection of a library had seen.
type seen struct {
	seq    map[string]uint64
	marks  map[string]uint64
	digest string
	day    string
}

// mostMessages is how many new messages are still looked at one by one; above it reading the library whole is cheaper.
const mostMessages = 500_000

func (i *Inspector) markers(ctx context.Context) (markers, error) {
	out := markers{}
	err := i.Store.Query(ctx, "quality/markers", nil, func(scan func(...any) error) error {
		var library string
		var m marker
		err := scan(&library, &m.marks, &m.seq)
		out[library] = m
		return err
	})
	if err != nil {
		err = fmt.Errorf("inspect: how far the libraries are: %w", err)
	}
	return out, err
}

func (i *Inspector) last(ctx context.Context, in *inspection) (*seen, error) {
	var s *seen
	err := i.Store.Query(ctx, "quality/last_seen", in, func(scan func(...any) error) error {
		s = &seen{}
		return scan(&s.seq, &s.marks, &s.digest, &s.day)
	})
	return s, err
}

// same reports whether nothing that concerns the library has changed.
func (s *seen) same(in *inspection, now markers) bool {
	if s.digest != in.Digest || in.Dated && s.day != in.Day || !maps.Equal(s.marks, now[in.Library].marks) {
		return false
	}
	for _, l := range in.concerned() {
		if s.seq[l] != now[l].seq {
			return false
		}
	}
	return true
}

// goes reports whether looking at what has changed is enough.
func (s *seen) goes(in *inspection, now markers) bool {
	var messages uint64
	for name, next := range now[in.Library].marks {
		messages += next - min(next, s.marks[name])
	}
	return s.digest == in.Digest && !(in.Dated && s.day != in.Day) && messages <= mostMessages
}

// concerned are the libraries whose base records the rules of this one look at, this one first.
func (in *inspection) concerned() []string {
	out := []string{in.Library}
	for _, t := range in.Ties {
		if !slices.Contains(out, t.Source) {
			out = append(out, t.Source)
		}
	}
	return out
}

// see notes what this inspection sees, for the next one.
func (in *inspection) see(now markers) {
	in.Seen, in.Marks = nil, nil
	for _, l := range in.concerned() {
		in.Seen = append(in.Seen, position{l, now[l].seq})
	}
	for _, name := range slices.Sorted(maps.Keys(now[in.Library].marks)) {
		in.Marks = append(in.Marks, position{name, now[in.Library].marks[name]})
	}
}

// reference is what the templates of the reference index see.
type reference struct {
	Library, Source, Element, Is string
	Elements, Tied               []string // of the source; Tied by a rule: those are asked the other way round, too
	Whole                        bool
	Run, Since, Upto             uint64
}

// references brings the index of the values that tie libraries up to date, on both sides of every tie, and that of the values by which
// entities are related.
func (i *Inspector) references(ctx context.Context, in *inspection, now markers, before *seen) error {
	sides := map[string]*reference{}
	add := func(source, element string, tied bool) {
		r := sides[source]
		if r == nil {
			r = &reference{Source: source}
			sides[source] = r
		}
		if !slices.Contains(r.Elements, element) {
			r.Elements = append(r.Elements, element)
		}
		if tied && !slices.Contains(r.Tied, element) {
			r.Tied = append(r.Tied, element)
		}
	}
	for _, t := range in.Ties {
		add(in.Library, t.Is, true)
		add(t.Source, t.Element, true)
	}
	for _, element := range in.Linked {
		add(in.Library, element, false)
	}
	for _, source := range slices.Sorted(maps.Keys(sides)) {
		r := sides[source]
		r.Whole, r.Upto = before == nil || before.digest != in.Digest, now[r.Source].seq
		if before != nil {
			r.Since = before.seq[r.Source]
		}
		if !r.Whole && r.Since == r.Upto {
			continue
		}
		if err := i.Store.Exec(ctx, "quality/references", r); err != nil {
			return err
		}
	}
	return nil
}

// touched fills the work list with what has changed since before.
func (i *Inspector) touched(ctx context.Context, in *inspection, now markers, before *seen) error {
	in.Since, in.Upto = before.seq[in.Library], now[in.Library].seq
	for _, m := range in.Marks {
		from := before.marks[m.Name]
		if m.Next <= from {
			continue
		}
		w, err := parseStream(m.Name)
		if err != nil {
			return err
		}
		w.From, w.To = from, m.Next
		in.Windows = append(in.Windows, w)
	}
	if err := i.Store.Exec(ctx, "quality/touched", in); err != nil {
		return err
	}
	for _, t := range in.Ties {
		r := reference{Library: in.Library, Source: t.Source, Element: t.Element, Is: t.Is, Run: in.Run, Since: before.seq[t.Source], Upto: now[t.Source].seq}
		if r.Since == r.Upto {
			continue
		}
		if err := i.Store.Exec(ctx, "quality/nominate", r); err != nil {
			return err
		}
	}
	if err := i.refused(ctx, in); err != nil {
		return err
	}
	if err := i.Store.Exec(ctx, "quality/closure", in); err != nil {
		return err
	}
	return i.Store.Query(ctx, "quality/touched_count", in, func(scan func(...any) error) error { return scan(&in.Anchors) })
}

// refused brings the findings of records that were refused up to date: of all, or of those that new messages speak of.
func (i *Inspector) refused(ctx context.Context, in *inspection) error {
	if len(in.Home) == 0 || !in.All && len(in.Windows) == 0 {
		return nil
	}
	return i.Store.Exec(ctx, "quality/refused", in)
}

// parseStream reads the name of a stream as resolve.marker has it.
func parseStream(name string) (window, error) {
	parts := strings.Split(name, "/")
	if len(parts) == 3 {
		partition, err1 := strconv.ParseUint(parts[1], 10, 32)
		revision, err2 := strconv.ParseUint(parts[2], 10, 32)
		if err1 == nil && err2 == nil {
			return window{Topic: parts[0], Partition: uint32(partition), Revision: uint32(revision)}, nil
		}
	}
	return window{}, fmt.Errorf("resolve.marker names a stream %q: want topic/partition/revision", name)
}
