package access_test

import (
	"context"
	"errors"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"wuku/catalog"
	"wuku/serve/access"
	"wuku/serve/access/accesstest"
	"wuku/trust"
)

// governed is a book over a catalogue of one library of people, to which the police give data.
func governed(t *testing.T) *access.Book {
	b := accesstest.Book(t, &accesstest.Memory{}, key, nil)
	c := &catalog.Catalog{
		Libraries: []catalog.Library{{Name: "person", Elements: []catalog.Element{{Name: "name"}, {Name: "birth_date"}}}},
		Feeds:     []catalog.Feed{{Name: "police.person", Department: "police", Claims: []catalog.Slot{{Library: "person"}}}},
	}
	b.Governed(func() *catalog.Catalog { return c })
	return b
}

// TestApplicationIsJudgedByTheBook: an application is judged where it is filed, not by who carries it there: the command line's ways
// are the API's.
func TestApplicationIsJudgedByTheBook(t *testing.T) {
	t.Parallel()
	good := func() access.Application {
		return access.Application{Client: "enrol", Title: "enrolment", Reason: "by law", Terms: terms()}
	}
	service := trust.Principal{ID: "k7", Client: "a-service", Role: trust.RoleService, Department: "education"}
	for _, x := range []struct {
		name string
		by   trust.Principal
		edit func(*access.Application)
		want []access.Fault
	}{
		{"good", applicant, func(*access.Application) {}, nil},
		{"an unknown library", applicant, func(a *access.Application) { a.Terms.Library = "weather" }, []access.Fault{{Field: "terms.library", Code: "unknown"}}},
		{"an unknown element", applicant, func(a *access.Application) { a.Terms.Columns["secret"] = access.Clear }, []access.Fault{{Field: "terms.columns", Code: "unknown"}}},
		{"no columns, operations or purposes", applicant, func(a *access.Application) { a.Terms.Columns, a.Terms.Operations, a.Terms.Purposes = nil, nil, nil },
			[]access.Fault{{Field: "terms.columns", Code: "required"}, {Field: "terms.operations", Code: "required"}, {Field: "terms.purposes", Code: "invalid"}}},
		{"an operation without a grant", applicant, func(a *access.Application) { a.Terms.Operations = []access.Operation{access.Audit} }, []access.Fault{{Field: "terms.operations", Code: "unknown"}}},
		{"an area of a library that has none", applicant, func(a *access.Application) { a.Terms.Area = []string{"3201"} }, []access.Fault{{Field: "terms.area", Code: "invalid"}}},
		{"a term in the past", applicant, func(a *access.Application) { a.Terms.To = time.Now().Add(-time.Hour) }, []access.Fault{{Field: "terms.to", Code: "invalid"}}},
		{"a term of ten years", applicant, func(a *access.Application) { a.Terms.To = time.Now().AddDate(10, 0, 0) }, []access.Fault{{Field: "terms.to", Code: "invalid"}}},
		{"no basis", applicant, func(a *access.Application) { a.Terms.Basis = " " }, []access.Fault{{Field: "terms.basis", Code: "required"}}},
		{"a negative rate", applicant, func(a *access.Application) { a.Terms.Rate = -1 }, []access.Fault{{Field: "terms.rate", Code: "invalid"}}},
		{"too many subjects", applicant, func(a *access.Application) { a.Terms.Subjects = 1 << 40 }, []access.Fault{{Field: "terms.subjects", Code: "invalid"}}},
		{"no title or reason", applicant, func(a *access.Application) { a.Title, a.Reason = "", "" }, []access.Fault{{Field: "title", Code: "invalid"}, {Field: "reason", Code: "invalid"}}},
		{"a client with a strange name", applicant, func(a *access.Application) { a.Client = "=cmd" }, []access.Fault{{Field: "client", Code: "invalid"}}},
		{"a service for another", service, func(*access.Application) {}, []access.Fault{{Field: "client", Code: "taken"}}},
		{"another department's client", police, func(a *access.Application) { a.Client = "taken" }, []access.Fault{{Field: "client", Code: "taken"}}},
	} {
		t.Run(x.name, func(t *testing.T) {
			t.Parallel()
			b := governed(t)
			owned := good()
			owned.Client = "taken"
			if _, err := b.File(t.Context(), applicant, owned, ""); err != nil {
				t.Fatal(err)
			}
			a := good()
			x.edit(&a)
			_, err := b.File(t.Context(), x.by, a, "")
			var faulty *access.Faulty
			var got []access.Fault
			if errors.As(err, &faulty) {
				got = faulty.Faults
			}
			if diff := cmp.Diff(x.want, got); diff != "" || (err != nil) != (x.want != nil) {
				t.Errorf("%v\n%s", err, diff)
			}
			if x.want != nil && codeOf(err) != access.BadTerms {
				t.Errorf("code %s", codeOf(err))
			}
		})
	}
}

// TestVoteOfAnUnconcernedDepartment: a department has no voice on a library that it gives nothing to, whichever way its vote comes.
func TestVoteOfAnUnconcernedDepartment(t *testing.T) {
	t.Parallel()
	ctx, b := context.Background(), governed(t)
	c, err := b.File(ctx, applicant, access.Application{Client: "enrol", Title: "enrolment", Reason: "by law", Terms: terms()}, "")
	if err != nil {
		t.Fatal(err)
	}
	steps := map[string]func(trust.Principal) error{
		"assess":  func(p trust.Principal) error { _, err := b.Assess(ctx, p, c.ID, low); return err },
		"approve": func(p trust.Principal) error { _, err := b.Approve(ctx, p, c.ID, "r"); return err },
		"reject":  func(p trust.Principal) error { _, err := b.Reject(ctx, p, c.ID, "r"); return err },
	}
	refused := func(names ...string) {
		for _, name := range names {
			if code := codeOf(steps[name](civil)); code != access.NoRole {
				t.Errorf("civil may %s: %q", name, code)
			}
		}
	}
	refused("assess", "reject")
	if err := steps["assess"](steward); err != nil {
		t.Fatal(err)
	}
	refused("approve", "reject")
	if err := steps["approve"](police); err != nil {
		t.Errorf("police: %v", err)
	}
}

// TestRevocationsLapse: a presentation lives for a day; its revocation then makes room in the status list, and counts again when the
// place's next presentation is revoked.
func TestRevocationsLapse(t *testing.T) {
	t.Parallel()
	var clock accesstest.Clock
	b := accesstest.Book(t, &accesstest.Memory{}, key, clock.Now)
	revoked := func() []int {
		f, err := b.Now(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		return f.RevokedPresentations(clock.Now())
	}
	for round := range 2 {
		for _, place := range []int{9, 7} {
			if err := b.RevokePresentation(t.Context(), steward, place, "lost"); err != nil {
				t.Fatal(err)
			}
		}
		clock.Add(trust.MostLife)
		if diff := cmp.Diff([]int{7, 9}, revoked()); diff != "" {
			t.Error(round, diff)
		}
		clock.Add(time.Hour)
		if diff := cmp.Diff([]int{}, revoked()); diff != "" {
			t.Error(round, diff)
		}
	}
}

// TestPolicies: an application that goes further than the catalogue's policies is refused when it is filed, and when the policies have become
// narrower, when it is approved.
func TestPolicies(t *testing.T) {
	t.Parallel()
	for _, op := range access.UnderGrant() {
		if !slices.Contains(catalog.SharingChannels[:], string(op)) {
			t.Errorf("no policy can name the channel %s", op)
		}
	}
	c := &catalog.Catalog{Libraries: []catalog.Library{{Name: "person", Elements: []catalog.Element{{Name: "name", Level: 2}, {Name: "phone", Level: 3}, {Name: "illness", Level: 4}}}},
		Feeds: []catalog.Feed{{Name: "police.person", Department: "police", Claims: []catalog.Slot{{Library: "person"}}}}}
	c.Governance.Policies = []catalog.Policy{
		{Library: "person", Clear: 3, Mask: 3, Months: 12, Channels: []string{"lookup", "verify", "export"}},
		{Library: "person", Elements: []string{"phone"}, Clear: 0, Mask: 3, Channels: []string{"lookup", "verify"}},
	}
	now := c
	b := accesstest.Book(t, &accesstest.Memory{}, key, nil)
	b.Governed(func() *catalog.Catalog { return now })
	file := func(columns map[string]access.Treatment, months int, ops ...access.Operation) (*access.Case, error) {
		t := terms()
		t.Columns, t.Operations, t.To = columns, ops, time.Now().AddDate(0, months, 0)
		return b.File(context.Background(), applicant, access.Application{Client: "enrol", Title: "enrolment", Reason: "by law", Terms: t}, "")
	}
	for _, x := range []struct {
		columns map[string]access.Treatment
		months  int
		op      access.Operation
		want    string // field; "": taken
	}{
		{map[string]access.Treatment{"name": access.Clear, "phone": access.Mask, "illness": access.Verify}, 11, access.Lookup, ""},
		{map[string]access.Treatment{"phone": access.Clear}, 11, access.Lookup, "terms.columns"},
		{map[string]access.Treatment{"illness": access.Mask}, 11, access.Lookup, "terms.columns"},
		{map[string]access.Treatment{"name": access.Clear}, 11, access.Search, "terms.operations"},
		{map[string]access.Treatment{"name": access.Clear}, 11, access.Export, ""},
		{map[string]access.Treatment{"phone": access.Mask}, 11, access.Export, "terms.operations"},
		{map[string]access.Treatment{"name": access.Clear}, 13, access.Lookup, "terms.to"},
	} {
		_, err := file(x.columns, x.months, x.op)
		var faulty *access.Faulty
		if errors.As(err, &faulty) != (x.want != "") || x.want != "" && (len(faulty.Faults) != 1 || faulty.Faults[0] != (access.Fault{Field: x.want, Code: "policy"})) {
			t.Errorf("%+v: %v", x, err)
		}
	}
	filed, err := file(map[string]access.Treatment{"phone": access.Mask}, 11, access.Lookup)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := b.Assess(context.Background(), steward, filed.ID, access.Assessment{Level: "low", Text: "little can go wrong"}); err != nil {
		t.Fatal(err)
	}
	narrower := *c
	narrower.Governance.Policies = append([]catalog.Policy{{Library: "person", Clear: 1, Mask: 1, Channels: []string{"lookup"}}}, c.Governance.Policies...)
	now = &narrower
	var faulty *access.Faulty
	if _, err := b.Approve(context.Background(), steward, filed.ID, "agreed"); !errors.As(err, &faulty) {
		t.Errorf("approved against a narrower policy: %v", err)
	}
	now = c
	if _, err := b.Approve(context.Background(), steward, filed.ID, "agreed"); err != nil {
		t.Error(err)
	}
}
