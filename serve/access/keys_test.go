package access_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"wuku/serve/access/accesstest"
	"wuku/trust"
)

// TestNoKeyMakesABetterOne asks for keys with a key that is bound to a certificate and ends soon: what comes of it is bound likewise and
// ends no later, and a key that has ended makes none.
func TestNoKeyMakesABetterOne(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	var clock accesstest.Clock
	b := accesstest.Book(t, &accesstest.Memory{}, key, clock.Now)
	c := accesstest.Grant(t, b, "enrol", terms())
	own := accesstest.Grant(t, b, "applicant", terms())
	issue := func(expires time.Time) (string, trust.Principal) {
		k, p, err := b.IssueBound(ctx, trust.Principal{ID: "local"}, trust.Principal{Client: "applicant", Role: trust.RoleDepartment, Department: "education"}, expires, "fingerprint")
		if err != nil {
			t.Fatal(err)
		}
		return k, p
	}
	_, short := issue(clock.Now().Add(time.Hour))
	_, long := issue(time.Time{})
	cases := []struct {
		name        string
		make        func() (string, trust.Principal, error)
		certificate string
		hours       time.Duration // for which it is good, at least
		ended       time.Duration // after which it is good no longer
	}{
		{"rotated", func() (string, trust.Principal, error) { return b.Rotate(ctx, short, "") }, "fingerprint", 0, 1},
		{"of one's own grant", func() (string, trust.Principal, error) { return b.IssueFor(ctx, short, own.ID, "") }, "fingerprint", 0, 1},
		{"of a client's grant", func() (string, trust.Principal, error) { return b.IssueFor(ctx, short, c.ID, "") }, "", 0, 1},
		{"rotated, of a key without end", func() (string, trust.Principal, error) { return b.Rotate(ctx, long, "") }, "fingerprint", 364 * 24, 365 * 24},
	}
	made := make([]string, len(cases))
	for i, c := range cases {
		k, _, err := c.make()
		if err != nil {
			t.Fatalf("%s: %v", c.name, err)
		}
		made[i] = k
		if _, err := b.Authenticate(ctx, k, c.certificate); err != nil {
			t.Errorf("%s: with its certificate: %v", c.name, err)
		}
		if _, err := b.Authenticate(ctx, k, ""); (err == nil) != (c.certificate == "") {
			t.Errorf("%s: without a certificate: %v", c.name, err)
		}
	}
	past := time.Duration(0)
	for i, c := range cases {
		for _, at := range []time.Duration{c.hours, c.ended} {
			clock.Add(max(at*time.Hour-past, 0))
			past = max(past, at*time.Hour)
			if _, err := b.Authenticate(ctx, made[i], c.certificate); at > 0 && (err == nil) != (at == c.hours) {
				t.Errorf("%s: after %d hours: %v", c.name, at, err)
			}
		}
	}
	if _, _, err := b.Rotate(ctx, short, ""); !errors.Is(err, trust.ErrKey) {
		t.Errorf("a key that has ended makes one: %v", err)
	}
	if _, _, err := b.IssueFor(ctx, trust.Principal{ID: "nothing", Client: "applicant"}, c.ID, ""); !errors.Is(err, trust.ErrKey) {
		t.Errorf("a key that there is not makes one: %v", err)
	}
}
