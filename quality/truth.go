package quality

import (
	"context"
	"errors"
	"fmt"
	"hash/fnv"
	"slices"
	"strings"
	"time"

	"wuku/entity"
)

// Verdicts of an authority on a value.
const (
	VerdictMatch   = "match"
	VerdictDiffers = "differs"
	VerdictUnknown = "unknown"
)

// Question is one value that an authority is asked about: is it right?
type Question struct {
	Scheme, Identifier string // by which the authority finds the record; several parts are joined by |
	Library, Element   string
	Value              string // as the library has it
}

// Authoritative answers questions about values from its own register: match, differs or unknown.
type Authoritative interface {
	Verify(ctx context.Context, q Question) (verdict string, err error)
}

// TruthCheck holds a sample of an element's values against their authority (真实性核验).
type TruthCheck struct {
	ID        string    `json:"id"`
	Library   string    `json:"library"`
	Element   string    `json:"element"`
	Authority string    `json:"authority"` // department that was asked
	At        time.Time `json:"at"`
	Match     uint64    `json:"match"`
	Differs   uint64    `json:"differs"`
	Unknown   uint64    `json:"unknown"`
}

// Sample says which values are asked about.
type Sample struct {
	Library, Element string
	Scheme           string // by which the authority finds the record; "": the library's first
	Authority        string // department that is asked; "": who answers for the element
	N                int
	Seed             uint64 // draws the sample
	Own              bool   // also values that the authority's own feeds gave
}

// mostSample is the greatest sample; its names go into statements.
const mostSample = 2000

// verdictAt is one answer, as the template writes it.
type verdictAt struct {
	ID             entity.ID
	At, Feed, Says string
}

// CheckTruth draws a sample, asks the authority about each value, keeps what it said and lets what differs be doubted: a finding with a
// work order at whose record gave the value. One that was found before and is right now is let go. An error of the authority ends
// the check and keeps what was answered.
func (i *Inspector) CheckTruth(ctx context.Context, s Sample, to Authoritative) (TruthCheck, error) {
	check := TruthCheck{ID: i.now().UTC().Format("20060102T150405.000000Z"), Library: s.Library, Element: s.Element, At: i.now().UTC()}
	fail := func(err error) (TruthCheck, error) {
		return check, fmt.Errorf("check %s.%s against its authority: %w", s.Library, s.Element, err)
	}
	questions, verdicts, authority, err := i.sample(ctx, s)
	if err != nil {
		return fail(err)
	}
	check.Authority = authority
	var wrong []Doubt
	var right []string
	var failed error
	for n := range questions {
		said, err := to.Verify(ctx, questions[n])
		if err != nil {
			failed, verdicts = fmt.Errorf("question %d of %d: %w", n+1, len(questions), err), verdicts[:n]
			break
		}
		verdicts[n].Says = said
		id := "truth/" + s.Element + "/" + verdicts[n].At
		switch said {
		case VerdictMatch:
			check.Match++
			right = append(right, id)
		case VerdictDiffers:
			check.Differs++
			wrong = append(wrong, Doubt{ID: id, Entity: verdicts[n].ID, Element: s.Element, By: authority})
		case VerdictUnknown:
			check.Unknown++
		default:
			return fail(fmt.Errorf("the authority says %q; want match, differs or unknown", said))
		}
	}
	keep := func() error {
		if len(verdicts) > 0 {
			err := i.Store.Exec(ctx, "quality/truth_add", map[string]any{"ID": check.ID, "Library": s.Library, "Element": s.Element, "Authority": authority,
				"At": check.At.UnixMilli(), "Stamp": uint64(i.now().UnixMicro()), "Verdicts": verdicts})
			if err != nil {
				return err
			}
		}
		for part := range slices.Chunk(wrong, doubtsAtOnce) {
			if err := i.Doubt(ctx, s.Library, RuleTruth, part); err != nil {
				return err
			}
		}
		return i.EndDoubts(ctx, s.Library, RuleTruth, WhyMatches, right)
	}
	if err := errors.Join(failed, keep()); err != nil {
		return fail(err)
	}
	return check, nil
}

// sample draws the values.
func (i *Inspector) sample(ctx context.Context, s Sample) (questions []Question, verdicts []verdictAt, authority string, err error) {
	lib := i.Catalog.Library(s.Library)
	if lib == nil || lib.Element(s.Element) == nil {
		return nil, nil, "", fmt.Errorf("the catalogue has no element %s.%s", s.Library, s.Element)
	}
	e := lib.Element(s.Element)
	switch {
	case s.N < 1 || s.N > mostSample:
		return nil, nil, "", fmt.Errorf("a sample of %d values; 1 to %d", s.N, mostSample)
	case len(lib.Identity) == 0:
		return nil, nil, "", errors.New("the library has no identity by which an authority could find a record")
	}
	by := lib.Identity[0]
	for _, x := range lib.Identity {
		if x.Scheme == s.Scheme {
			by = x
		}
	}
	if s.Scheme != "" && by.Scheme != s.Scheme {
		return nil, nil, "", fmt.Errorf("the library is not identified by %q", s.Scheme)
	}
	if authority = s.Authority; authority == "" {
		authority = Authority(i.Catalog, lib, e)
	}
	in, err := prepare(i.Catalog, s.Library, i.now())
	if err == nil {
		err = i.number(ctx, in)
	}
	if err != nil {
		return nil, nil, authority, err
	}
	data := map[string]any{"Library": s.Library, "Names": in.Names, "Number": slices.Index(in.Names, s.Element) + 1, "Keys": by.Elements, "Seed": s.Seed, "N": s.N}
	var feeds []string
	var hashes []uint32
	for _, f := range i.Catalog.Feeds {
		if s.Own || f.Department != authority {
			feeds, hashes = append(feeds, f.Name), append(hashes, feedHash(f.Name))
		}
	}
	data["Feeds"], data["Hashes"] = feeds, hashes
	err = i.Store.Query(ctx, "quality/truth_sample", data, func(scan func(...any) error) error {
		var at entity.ID
		var keys []string
		var value, feed string
		err := scan(&at, &keys, &value, &feed)
		questions = append(questions, Question{Scheme: by.Scheme, Identifier: strings.Join(keys, "|"), Library: s.Library, Element: s.Element, Value: value})
		verdicts = append(verdicts, verdictAt{ID: at, At: at.String(), Feed: feed})
		return err
	})
	return questions, verdicts, authority, err
}

// feedHash names a feed as base rows do: see resolve.FeedHash.
func feedHash(feed string) uint32 {
	h := fnv.New32a()
	_, _ = h.Write([]byte(feed)) // a hash.Hash never fails
	return h.Sum32()
}

// TruthChecks lists checks, the newest first.
func TruthChecks(ctx context.Context, store Store, limit int) (list []TruthCheck, err error) {
	err = store.Query(ctx, "quality/truth_list", map[string]int{"Limit": limit}, func(scan func(...any) error) error {
		var c TruthCheck
		err := scan(&c.ID, &c.Library, &c.Element, &c.Authority, &c.At, &c.Match, &c.Differs, &c.Unknown)
		list = append(list, c)
		return err
	})
	return list, err
}
