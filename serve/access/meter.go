package access

import (
	"slices"
	"strconv"
	"sync"
	"time"

	"golang.org/x/time/rate"

	"wuku/entity"
)

// Codes of calls that a budget stops.
const (
	RateExceeded    = "rate.exceeded"     // calls a second
	SubjectsSpent   = "budget.subjects"   // distinct entities of the grant today
	DepartmentSpent = "budget.department" // distinct entities of all clients of one department today
	TriesSpent      = "budget.tries"      // guesses at one entity's values today
	Slowed          = "enumeration.slow"  // the calls look like a search for people
)

// How enumeration is told: over the last watched answers of a grant.
const (
	watched   = 100
	slowFrom  = 50   // answers before anything is said
	slowShare = 0.20 // of answers without an entity: one call a second
	lockShare = 0.50 // of a full window: the grant is locked
	slowRun   = 20   // identifiers of one day of birth and division, each after the last
	lockRun   = 200
	maxTries  = 5 // verifications of one entity a day in which something differs
)

// shanghai is where a budget's day begins.
var shanghai = time.FixedZone("CST", 8*60*60)

// NextDay is when the day's budgets come back.
func NextDay(now time.Time) time.Time {
	y, m, d := now.In(shanghai).Date()
	return time.Date(y, m, d+1, 0, 0, 0, 0, shanghai)
}

// Meter counts what grants use: calls, distinct entities, misses. It holds hashes only, for a day. All methods may be called
// concurrently.
type Meter struct {
	now        func() time.Time
	department int // distinct entities a day of all clients of a department

	mu     sync.Mutex
	day    string
	grants map[string]*used
	dept   map[string]map[uint64]struct{}
}

// used is one grant's.
type used struct {
	limiter  *rate.Limiter
	slow     *rate.Limiter
	subjects map[uint64]struct{}
	tries    map[uint64]int
	misses   [watched]bool
	answers  int // of all time; the window is the last of them
	last     string
	run      int
	slowed   bool
	locked   time.Time // zero: not
}

// lockSettles is how long it may take until every process knows of a lock. A decision that is made later and lets a call through
// means that the grant was unlocked.
const lockSettles = 3 * time.Second

// NewMeter returns a Meter. department bounds the distinct entities a day of one department's clients together; 0: 20 million.
func NewMeter(now func() time.Time, department int) *Meter {
	if department == 0 {
		department = 20_000_000
	}
	return &Meter{now: now, department: department, grants: map[string]*used{}, dept: map[string]map[uint64]struct{}{}}
}

// of finds a grant's counts, beginning a new day when there is one. The caller holds mu.
func (m *Meter) of(d Decision) *used {
	if today := m.now().In(shanghai).Format(time.DateOnly); today != m.day {
		m.day, m.dept = today, map[string]map[uint64]struct{}{}
		for _, u := range m.grants {
			u.subjects, u.tries = map[uint64]struct{}{}, map[uint64]int{}
		}
	}
	u := m.grants[d.grant.ID]
	if u == nil {
		r, _ := d.Limits()
		u = &used{limiter: rate.NewLimiter(rate.Limit(r), max(int(r), 1)), slow: rate.NewLimiter(1, 1), subjects: map[uint64]struct{}{}, tries: map[uint64]int{}}
		m.grants[d.grant.ID] = u
	}
	return u
}

func short(id entity.ID) uint64 {
	var v uint64
	for _, b := range id[:8] {
		v = v<<8 | uint64(b)
	}
	return v
}

// Admit says whether a call about these entities may be made now, and counts it. It comes before anything is read. A call that does not
// know yet about whom it is names none, and spends them before it reads what they hold.
func (m *Meter) Admit(d Decision, ids ...entity.ID) *Refusal {
	m.mu.Lock()
	defer m.mu.Unlock()
	u := m.of(d)
	now := m.now()
	switch {
	case !u.locked.IsZero() && now.Sub(u.locked) < lockSettles:
		return &Refusal{Code: GrantLocked}
	case !u.locked.IsZero():
		u.forgive()
	}
	switch {
	case u.slowed && !u.slow.AllowN(now, 1):
		return &Refusal{Code: Slowed}
	case !u.limiter.AllowN(now, 1):
		return &Refusal{Code: RateExceeded}
	}
	if d.call.Operation == Check && len(ids) == 1 && u.tries[short(ids[0])] >= maxTries {
		return &Refusal{Code: TriesSpent}
	}
	return m.spend(d, u, ids)
}

// Spend takes entities from the budgets for a call that Admit has let in: of a search, whom it found.
func (m *Meter) Spend(d Decision, ids ...entity.ID) *Refusal {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.spend(d, m.of(d), ids)
}

// spend takes entities from the budgets of the grant and the department: all of them, or none.
func (m *Meter) spend(d Decision, u *used, ids []entity.ID) *Refusal {
	_, subjects := d.Limits()
	theirs := m.dept[d.caller.Department]
	if theirs == nil {
		theirs = map[uint64]struct{}{}
		m.dept[d.caller.Department] = theirs
	}
	fresh, freshDept := 0, 0
	for _, id := range ids {
		if _, known := u.subjects[short(id)]; !known {
			fresh++
		}
		if _, known := theirs[short(id)]; !known {
			freshDept++
		}
	}
	switch {
	case fresh > 0 && len(u.subjects)+fresh > subjects:
		return &Refusal{Code: SubjectsSpent}
	case d.caller.Department != "" && freshDept > 0 && len(theirs)+freshDept > m.department:
		return &Refusal{Code: DepartmentSpent}
	}
	for _, id := range ids {
		u.subjects[short(id)] = struct{}{}
		if d.caller.Department != "" {
			theirs[short(id)] = struct{}{}
		}
	}
	return nil
}

// Alarm is what Outcome has to say of a grant.
type Alarm uint8

// The alarms.
const (
	Quiet Alarm = iota
	Slow        // from now on one call a second
	Lock        // the grant is stopped until a steward unlocks it
)

// Found notes the outcome of one question: whether there was an entity, and under which identifier it was asked for ("" for none).
func (m *Meter) Found(d Decision, found bool, scheme, value string) Alarm {
	m.mu.Lock()
	defer m.mu.Unlock()
	u := m.of(d)
	u.misses[u.answers%watched] = !found
	u.answers++
	u.follow(scheme, value)
	missed := 0
	for _, miss := range u.misses {
		if miss {
			missed++
		}
	}
	share := float64(missed) / float64(min(u.answers, watched))
	switch {
	case !u.locked.IsZero():
		return Quiet
	case u.answers >= watched && share > lockShare, u.run >= lockRun:
		u.locked = m.now()
		return Lock
	case u.answers >= slowFrom && share > slowShare, u.run >= slowRun:
		if !u.slowed {
			u.slowed = true
			return Slow
		}
	case u.answers >= watched && u.run == 0:
		u.slowed = false
	}
	return Quiet
}

// follow measures how long citizen numbers have been counted up: same division and birthday, each sequence number after the last.
func (u *used) follow(scheme, value string) {
	if scheme != entity.SchemeCitizen || len(value) != 18 {
		u.run = max(u.run-1, 0)
		return
	}
	base, next := value[:14], value[14:17]
	if len(u.last) == 17 && u.last[:14] == base && atoi(next) > atoi(u.last[14:]) {
		u.run++
	} else if u.run > 0 && (len(u.last) != 17 || u.last[:10] != value[:10]) {
		u.run--
	}
	u.last = value[:17]
}

func atoi(s string) int {
	n, _ := strconv.Atoi(s) // three digits: checked by the identifier's rule
	return n
}

// Guess says whether the outcome of a verification of one entity, named by any of these ids, may be told, and counts one in which
// something differs. It comes after the comparison: of calls that were admitted at once no more than the guesses that are left are told,
// and none after them, right or wrong.
func (m *Meter) Guess(d Decision, differs bool, ids ...entity.ID) *Refusal {
	m.mu.Lock()
	defer m.mu.Unlock()
	tries := m.of(d).tries
	for _, id := range ids {
		if tries[short(id)] >= maxTries {
			return &Refusal{Code: TriesSpent}
		}
	}
	for i, id := range ids {
		if differs && !slices.Contains(ids[:i], id) {
			tries[short(id)]++
		}
	}
	return nil
}

// forgive forgets what made a grant be locked.
func (u *used) forgive() {
	u.locked, u.slowed, u.answers, u.run, u.misses = time.Time{}, false, 0, 0, [watched]bool{}
}

// Spent is how many distinct entities a grant has used today.
func (m *Meter) Spent(d Decision) int {
	m.mu.Lock()
	defer m.mu.Unlock()
	return len(m.of(d).subjects)
}
