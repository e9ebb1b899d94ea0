package access

import (
	"regexp"
	"slices"
	"strings"
	"time"

	"wuku/catalog"
	"wuku/trust"
)

// Fault is one place at which an application is wrong: a field of [Application] as JSON names it (terms.columns), and a stable code.
type Fault struct{ Field, Code string }

// Faulty is a Refused of BadTerms that says where an application is wrong.
type Faulty struct{ Faults []Fault }

// Error is the code and the places.
func (e *Faulty) Error() string {
	text := e.Unwrap().Error()
	for _, f := range e.Faults {
		text += ", " + f.Field + " is " + f.Code
	}
	return text
}

// Unwrap is the Refused.
func (e *Faulty) Unwrap() error { return &Refused{BadTerms} }

// Governed gives the book the catalogue by which applications and votes are judged, whichever way they come: the API or the command
// line. It must be called before the book is used; a book without a catalogue knows no libraries and judges roles alone.
func (b *Book) Governed(c func() *catalog.Catalog) { b.catalog = c }

// Provides reports whether a department has a feed of a library: only then it decides on the library.
func Provides(c *catalog.Catalog, department, library string) bool {
	return slices.ContainsFunc(c.Feeds, func(f catalog.Feed) bool {
		return f.Department == department && slices.ContainsFunc(f.Claims, func(slot catalog.Slot) bool { return slot.Library == library })
	})
}

// mayVote is Case.MayVote, and that a department decides only on libraries that it gives data to.
func (b *Book) mayVote(c *Case, p trust.Principal) string {
	if b.catalog != nil && p.Role == trust.RoleDepartment && !Provides(b.catalog(), p.Department, c.Application.Terms.Library) {
		return NoRole
	}
	return c.MayVote(p)
}

// check refuses an application whose terms the catalogue does not know, or that names a client who is somebody else.
func (b *Book) check(f *Folded, p trust.Principal, a *Application) error {
	if b.catalog == nil {
		return nil
	}
	c := b.catalog()
	faults := append(a.faults(c, b.now()), a.beyond(c, b.now())...)
	if a.Client != p.Client && (p.Role != trust.RoleDepartment && p.Role != trust.RoleOperator || f.taken(a.Client, p.Department)) {
		faults = append(faults, Fault{"client", "taken"})
	}
	if len(faults) > 0 {
		return &Faulty{faults}
	}
	return nil
}

// beyond finds where an application goes further than the policies of the catalogue allow. 共享策略
func (a *Application) beyond(c *catalog.Catalog, now time.Time) (faults []Fault) {
	t, g := &a.Terms, &c.Governance
	lib := c.Library(t.Library)
	if lib == nil {
		return nil
	}
	var elements []string
	wide := false
	for name, treatment := range t.Columns {
		e := lib.Element(name)
		if e == nil || treatment == None {
			continue
		}
		elements = append(elements, name)
		clear, masked := g.Shows(lib.Name, e)
		wide = wide || treatment == Clear && !clear || treatment == Mask && !masked
	}
	if wide {
		faults = append(faults, Fault{"terms.columns", "policy"})
	}
	if slices.ContainsFunc(t.Operations, func(op Operation) bool { return !g.Shares(lib.Name, string(op), elements) }) {
		faults = append(faults, Fault{"terms.operations", "policy"})
	}
	if months := g.Months(lib.Name, elements); months > 0 && t.To.After(now.AddDate(0, months, 1)) {
		faults = append(faults, Fault{"terms.to", "policy"})
	}
	return faults
}

// clientName is how a client may be called.
var clientName = regexp.MustCompile(`^[a-z0-9][a-z0-9.-]{0,59}$`)

// longest is the longest term of a grant.
const longest = 5 * 366 * 24 * time.Hour

// faults finds what is wrong with an application in itself.
func (a *Application) faults(c *catalog.Catalog, now time.Time) []Fault {
	t := &a.Terms
	lib := c.Library(t.Library)
	if lib == nil {
		return []Fault{{"terms.library", "unknown"}}
	}
	divided := slices.ContainsFunc(lib.Elements, func(e catalog.Element) bool { return e.Division })
	unknown := false
	for name := range t.Columns {
		unknown = unknown || lib.Element(name) == nil
	}
	var faults []Fault
	for _, x := range []struct {
		wrong       bool
		field, code string
	}{
		{!clientName.MatchString(a.Client), "client", "invalid"},
		{len(a.Title) < 2 || len(a.Title) > 800, "title", "invalid"}, // bytes: 200 characters of up to four
		{len(a.Reason) < 5 || len(a.Reason) > 8000, "reason", "invalid"},
		{unknown, "terms.columns", "unknown"},
		{len(t.Columns) == 0, "terms.columns", "required"},
		{slices.ContainsFunc(t.Operations, func(op Operation) bool { return !slices.Contains(UnderGrant(), op) }), "terms.operations", "unknown"},
		{len(t.Operations) == 0, "terms.operations", "required"},
		{slices.ContainsFunc(t.Area, func(d string) bool {
			return len(d) != 2 && len(d) != 4 && len(d) != 6 || strings.Trim(d, "0123456789") != ""
		}) || len(t.Area) > 0 && !divided, "terms.area", "invalid"},
		{len(t.Purposes) == 0 || slices.ContainsFunc(t.Purposes, func(purpose string) bool { return purpose == "" || len(purpose) > 60 }), "terms.purposes", "invalid"},
		{!t.To.IsZero() && (!t.To.After(now) || !t.To.After(t.From)) || t.To.Sub(now) > longest, "terms.to", "invalid"},
		{strings.TrimSpace(t.Basis) == "", "terms.basis", "required"},
		{!(t.Rate >= 0 && t.Rate <= 100_000), "terms.rate", "invalid"},
		{t.Subjects < 0 || t.Subjects > 100_000_000, "terms.subjects", "invalid"},
	} {
		if x.wrong {
			faults = append(faults, Fault{x.field, x.code})
		}
	}
	return faults
}

// taken reports whether a client is known and belongs to another department.
func (f *Folded) taken(client, department string) bool {
	for _, k := range f.Keys {
		if k.Client == client && (k.Department == "" || k.Department != department) {
			return true
		}
	}
	for _, c := range f.Cases {
		if c.Application.Client == client && c.Application.Department != department {
			return true
		}
	}
	return false
}
