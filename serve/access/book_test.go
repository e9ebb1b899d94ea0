package access_test

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"github.com/google/uuid"
	"pgregory.net/rapid"

	"wuku/serve/access"
	"wuku/serve/access/accesstest"
	"wuku/trust"
)

var (
	key       = []byte("a test deployment's key, 32 bytes")
	applicant = trust.Principal{ID: "k1", Client: "schools", Role: trust.RoleDepartment, Department: "education"}
	steward   = trust.Principal{ID: "k2", Client: "steward-1", Role: trust.RoleSteward}
	other     = trust.Principal{ID: "k3", Client: "steward-2", Role: trust.RoleSteward}
	police    = trust.Principal{ID: "k4", Client: "police-1", Role: trust.RoleDepartment, Department: "police"}
	civil     = trust.Principal{ID: "k5", Client: "civil-1", Role: trust.RoleDepartment, Department: "civil"}
	low       = access.Assessment{Level: "low", Text: "a few children"}
)

func terms() access.Terms {
	return access.Terms{Library: "person", Operations: []access.Operation{access.Lookup, access.Check}, Purposes: []string{"enrolment"},
		Columns: map[string]access.Treatment{"name": access.Clear, "birth_date": access.Verify}, Basis: "law"}
}

func codeOf(err error) string {
	var r *access.Refused
	if errors.As(err, &r) {
		return r.Code
	}
	if err != nil {
		return err.Error()
	}
	return ""
}

// TestTwoDecideAndNeverTheApplicant walks an application through every wrong and every right step.
func TestTwoDecideAndNeverTheApplicant(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	b := accesstest.Book(t, &accesstest.Memory{}, key, nil)
	c, err := b.File(ctx, applicant, access.Application{Client: "enrol", Title: "t", Reason: "r", Terms: terms()}, "once")
	if err != nil {
		t.Fatal(err)
	}
	again, err := b.File(ctx, applicant, access.Application{Client: "enrol", Title: "t", Reason: "r", Terms: terms()}, "once")
	if err != nil || again.ID != c.ID {
		t.Errorf("repeated: %v, %v", again, err)
	}
	colleague := trust.Principal{ID: "k9", Client: "colleague", Role: trust.RoleDepartment, Department: "education"}
	enrol := trust.Principal{ID: "k8", Client: "enrol", Role: trust.RoleSteward}
	approve := func(p trust.Principal) func() error {
		return func() error { _, err := b.Approve(ctx, p, c.ID, "r"); return err }
	}
	steps := []struct {
		name string
		do   func() error
		code string
	}{
		{"another application under the same idempotency key", func() error {
			_, err := b.File(ctx, applicant, access.Application{Client: "enrol", Title: "t2", Terms: terms()}, "once")
			return err
		}, access.SameKey},
		{"the applicant assesses", func() error { _, err := b.Assess(ctx, applicant, c.ID, low); return err }, access.OwnApplication},
		{"approved before assessed", approve(steward), access.NotAssessed},
		{"assessed", func() error { _, err := b.Assess(ctx, steward, c.ID, low); return err }, ""},
		{"the applicant approves", approve(applicant), access.OwnApplication},
		{"a colleague approves", approve(colleague), access.OwnApplication},
		{"the client approves", approve(enrol), access.OwnApplication},
		{"a service approves", approve(trust.Principal{Client: "x", Role: trust.RoleService}), access.NoRole},
		{"an operator approves", approve(trust.Principal{Client: "x", Role: trust.RoleOperator}), access.NoRole},
		{"no key before the grant", func() error { _, _, err := b.IssueFor(ctx, applicant, c.ID, ""); return err }, access.WrongState},
		{"one department", approve(police), ""},
		{"the same again", approve(police), access.VotedAlready},
		{"a second department: two, but no steward", approve(civil), ""},
		{"still no key", func() error { _, _, err := b.IssueFor(ctx, applicant, c.ID, ""); return err }, access.WrongState},
		{"a steward", approve(steward), ""},
		{"a vote after the grant", approve(other), access.WrongState},
		{"a key for somebody else", func() error { _, _, err := b.IssueFor(ctx, police, c.ID, ""); return err }, access.NoApplication},
		{"a stranger revokes", func() error { _, err := b.Revoke(ctx, police, c.ID, "r"); return err }, access.NoApplication},
		{"the applicant revokes", func() error { _, err := b.Revoke(ctx, applicant, c.ID, "r"); return err }, ""},
		{"withdrawn after the end", func() error { _, err := b.Withdraw(ctx, applicant, c.ID, "r"); return err }, access.WrongState},
		{"an unknown one", func() error { _, err := b.Approve(ctx, steward, "nothing", "r"); return err }, access.NoApplication},
	}
	for _, s := range steps {
		if got := codeOf(s.do()); got != s.code {
			t.Errorf("%s: %q, want %q", s.name, got, s.code)
		}
	}
}

// TestKeysStandForTheirClient issues, uses, rotates and ends keys.
func TestKeysStandForTheirClient(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	var clock accesstest.Clock
	store := &accesstest.Memory{}
	b := accesstest.Book(t, store, key, clock.Now)
	c := accesstest.Grant(t, b, "enrol", terms())
	k, p, err := b.IssueFor(ctx, trust.Principal{Client: "applicant", Department: "education"}, c.ID, "")
	if err != nil || p.Client != "enrol" || p.Role != trust.RoleService || p.Department != "education" {
		t.Fatalf("%+v, %v", p, err)
	}
	got, err := b.Authenticate(ctx, k, "")
	if err != nil || got != p {
		t.Errorf("%+v, %v; want %+v", got, err, p)
	}
	events, err := store.Events(ctx)
	if err != nil || cmp.Equal(events, nil) {
		t.Fatal(err)
	}
	for _, e := range events {
		if len(k) > 20 && contains(e.Content, k[12:]) {
			t.Error("the store holds the key itself")
		}
	}
	second, _, err := b.Rotate(ctx, p, "")
	if err != nil {
		t.Fatal(err)
	}
	if err := b.RevokeKey(ctx, police, p.ID, "r"); codeOf(err) != access.NoApplication {
		t.Errorf("a stranger's: %v", err)
	}
	if err := b.RevokeKey(ctx, p, p.ID, "lost"); err != nil {
		t.Fatal(err)
	}
	if _, err := b.Authenticate(ctx, k, ""); !errors.Is(err, trust.ErrKey) {
		t.Errorf("a revoked key: %v", err)
	}
	if _, err := b.Authenticate(ctx, second, ""); err != nil {
		t.Errorf("the second key: %v", err)
	}
	clock.Add(366 * 24 * time.Hour)
	if _, err := b.Authenticate(ctx, second, ""); !errors.Is(err, trust.ErrKey) {
		t.Errorf("an expired key: %v", err)
	}
}

func contains(s, part string) bool {
	for i := 0; i+len(part) <= len(s); i++ {
		if s[i:i+len(part)] == part {
			return true
		}
	}
	return false
}

// TestForgedEventsCountForNothing writes votes past the program.
func TestForgedEventsCountForNothing(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	store := &accesstest.Memory{}
	b := accesstest.Book(t, store, key, nil)
	c, err := b.File(ctx, applicant, access.Application{Client: "enrol", Title: "t", Terms: terms()}, "")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := b.Assess(ctx, steward, c.ID, low); err != nil {
		t.Fatal(err)
	}
	if _, err := b.Approve(ctx, steward, c.ID, ""); err != nil {
		t.Fatal(err)
	}
	events, err := store.Events(ctx)
	if err != nil {
		t.Fatal(err)
	}
	forged := events[len(events)-1]
	forged.ID, forged.Client = "e2", "steward-2"
	if err := store.Append(ctx, forged); err != nil {
		t.Fatal(err)
	}
	f, err := accesstest.Book(t, store, key, nil).Now(ctx)
	if err != nil || f.Forged != 1 || f.Cases[c.ID].State != access.StateAssessed || len(f.Grants) != 0 {
		t.Errorf("%+v, %v", f, err)
	}
	f, err = accesstest.Book(t, store, []byte("another deployment's key, 32 byte"), nil).Now(ctx)
	if err != nil || f.Forged != 4 || len(f.Cases) != 0 {
		t.Errorf("under another key: %+v, %v", f, err)
	}
}

// TestFoldDoesNotDependOnOrder shuffles and repeats events: processes write at once, and the engine gives them in any order.
func TestFoldDoesNotDependOnOrder(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	store := &accesstest.Memory{}
	b := accesstest.Book(t, store, key, nil)
	for i := range 3 {
		c := accesstest.Grant(t, b, fmt.Sprintf("client-%d", i), terms())
		if _, _, err := b.IssueFor(ctx, trust.Principal{Client: "applicant"}, c.ID, ""); err != nil {
			t.Fatal(err)
		}
		if err := b.Lock(ctx, c.ID, "r"); err != nil {
			t.Fatal(err)
		}
		if i == 1 {
			if _, err := b.Unlock(ctx, steward, c.ID, "r"); err != nil {
				t.Fatal(err)
			}
		}
		if i == 2 {
			if _, err := b.Revoke(ctx, steward, c.ID, "r"); err != nil {
				t.Fatal(err)
			}
		}
	}
	events, err := store.Events(ctx)
	if err != nil {
		t.Fatal(err)
	}
	pepper := trust.NewPepper(key, trust.International)
	want := access.Fold(events, pepper)
	if g := want.Grants; !g["client-0"][0].Locked || g["client-1"][0].Locked || !g["client-2"][0].Revoked {
		t.Fatalf("%+v", g)
	}
	rapid.Check(t, func(t *rapid.T) {
		shuffled := rapid.Permutation(append(events, rapid.SliceOfN(rapid.SampledFrom(events), 0, 5).Draw(t, "again")...)).Draw(t, "order")
		if diff := cmp.Diff(want, access.Fold(shuffled, pepper), cmpopts.IgnoreUnexported(access.Case{})); diff != "" {
			t.Error(diff)
		}
	})
}

// decided makes a decision of the one grant of a client.
func decided(t *testing.T, op access.Operation, change func(*access.Terms)) access.Decision {
	t.Helper()
	g := access.Grant{ID: "g", Client: "enrol", Terms: terms()}
	if change != nil {
		change(&g.Terms)
	}
	d, refusal := access.Decide(time.Now(), trust.Principal{ID: "k", Client: "enrol", Department: "education"}, []access.Grant{g},
		access.Call{Operation: op, Library: "person", Fields: []string{"name"}, Purpose: "enrolment"})
	if refusal != nil {
		t.Fatal(refusal)
	}
	return d
}

// Attack row 9: counting numbers up, or asking for many who are not there, slows and then locks a grant.
func TestEnumerationIsStopped(t *testing.T) {
	t.Parallel()
	cases := []struct {
		name       string
		found      func(i int) bool
		number     func(i int) string
		slow, lock int // the most answers before it
	}{
		{"nobody there", func(int) bool { return false }, func(int) string { return "" }, 100, 500},
		{"half there", func(i int) bool { return i%5 < 2 }, func(int) string { return "" }, 100, 500},
		{"counted up, all there", func(int) bool { return true }, func(i int) string { return fmt.Sprintf("32010219800101%03dX", i) }, 100, 500},
		{"honest: 5 in 100 missing", func(i int) bool { return i%20 != 0 }, func(i int) string { return fmt.Sprintf("3201021980%02d%02d%03dX", i%12+1, i%28+1, i*37%1000) }, -1, -1},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			m := access.NewMeter(time.Now, 0)
			d := decided(t, access.Lookup, nil)
			slow, lock := -1, -1
			for i := range 900 {
				scheme := ""
				if c.number(i) != "" {
					scheme = "citizen"
				}
				switch m.Found(d, c.found(i), scheme, c.number(i)) {
				case access.Slow:
					slow = i + 1
				case access.Lock:
					lock = i + 1
				}
			}
			if (slow < 0) != (c.slow < 0) || slow > c.slow || (lock < 0) != (c.lock < 0) || lock > c.lock {
				t.Errorf("slowed after %d answers, locked after %d", slow, lock)
			}
		})
	}
}

// TestBudgets spends each budget and looks who may go on.
func TestBudgets(t *testing.T) {
	t.Parallel()
	var clock accesstest.Clock
	m := access.NewMeter(clock.Now, 5)
	d := decided(t, access.Lookup, func(t *access.Terms) { t.Subjects, t.Rate = 3, 1000 })
	code := func(d access.Decision, n int) string {
		ids := make([]uuid.UUID, n)
		for i := range ids {
			ids[i] = uuid.New()
		}
		if r := m.Admit(d, ids...); r != nil {
			return r.Code
		}
		return ""
	}
	one := uuid.New()
	for range 10 {
		if r := m.Admit(d, one); r != nil {
			t.Fatalf("the same entity again: %s", r.Code)
		}
	}
	if got := code(d, 3); got != access.SubjectsSpent {
		t.Errorf("one too many at once: %q", got)
	}
	if got := code(d, 2); got != "" {
		t.Errorf("exactly the budget: %q", got)
	}
	if got := code(d, 1); got != access.SubjectsSpent {
		t.Errorf("beyond the budget: %q", got)
	}
	g := access.Grant{ID: "g2", Client: "sister", Terms: terms()}
	sister, refusal := access.Decide(time.Now(), trust.Principal{ID: "k", Client: "sister", Department: "education"}, []access.Grant{g},
		access.Call{Operation: access.Lookup, Library: "person", Fields: []string{"name"}, Purpose: "enrolment"})
	if refusal != nil {
		t.Fatal(refusal)
	}
	if got := code(sister, 3); got != access.DepartmentSpent { // attack row 10
		t.Errorf("another client of the department: %q", got)
	}
	clock.Add(24 * time.Hour)
	if got := code(d, 3); got != "" {
		t.Errorf("the next day: %q", got)
	}
	v := decided(t, access.Check, nil)
	for range 5 {
		if r := m.Admit(v, one); r != nil {
			t.Fatalf("a guess: %s", r.Code)
		}
		if r := m.Guess(v, true, one); r != nil {
			t.Fatalf("a guess is not told: %s", r.Code)
		}
	}
	if r := m.Admit(v, one); r == nil || r.Code != access.TriesSpent { // attack row 12
		t.Errorf("a sixth guess: %v", r)
	}
	two, told := uuid.New(), 0
	for range 20 {
		if r := m.Admit(v, two); r != nil {
			t.Fatalf("calls that come at once: %s", r.Code)
		}
	}
	for i := range 20 { // the last one is right
		if m.Guess(v, i < 19, two, uuid.New()) == nil {
			told++
		}
	}
	if told != 5 {
		t.Errorf("%d of 20 guesses that came at once are told", told)
	}
}
