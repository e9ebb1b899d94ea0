package resolve

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"
)

// Store runs the statements of package sql. Both methods may be called concurrently; a statement that ends without an error is
// durable.
type Store interface {
	// Exec runs every statement of a template in order.
	Exec(ctx context.Context, statement string, data any) error
	// Query runs one statement and calls each for every row with a function that scans it.
	Query(ctx context.Context, statement string, data any, each func(scan func(dest ...any) error) error, args ...any) error
}

// Fence gives a library one owner at a time.
type Fence interface {
	// Take makes the caller the owner and returns its epoch, greater than that of every owner before.
	Take(ctx context.Context, library string) (epoch uint64, err error)
	// Current returns the epoch of the newest owner.
	Current(ctx context.Context, library string) (epoch uint64, err error)
}

// ErrFenced means that another process has taken the library over: this owner must stop.
var ErrFenced = errors.New("another process owns this library now")

// Stream is one (topic, partition, revision of its mapping) that a library's cycles read.
type Stream struct {
	Topic     string
	Partition uint32
	Revision  uint32
}

// Name is the stream's key in resolve.marker's marks.
func (s Stream) Name() string { return fmt.Sprintf("%s/%d/%d", s.Topic, s.Partition, s.Revision) }

// Source is a topic with the revision of its mapping that is in force.
type Source struct {
	Topic    string
	Revision uint32
}

// Config is what an Owner works by.
type Config struct {
	Rule       *Rule
	RuleDigest string // of the library's rule: when it differs from the last cycle's everything is resolved again
	Catalog    uint32 // revision of the catalogue
	// Changed tells, when the rule differs from that of a catalogue revision, whose elements' values it may change; nil, or all:
	// any.
	Changed   func(ctx context.Context, since uint32) (elements []string, all bool, err error)
	Sources   []Source // topics that name this library, and the retry topic
	Store     Store
	Fence     Fence
	Instance  string
	MaxWindow uint64 // messages that one cycle takes at most; 0 means 200,000
	// MembersAtOnce is how many anchors of entities with several one statement of a scan resolves, all that their claims say in memory; 0: 2 million.
	MembersAtOnce uint64
	Now           func() time.Time
	Links         Links             // where matching puts what it finds; nil: nothing is matched
	CrashPoint    func(name string) // called between the steps; tests stop the process there. May be nil
}

// Owner runs the cycles of one library. It is not safe for concurrent use.
type Owner struct {
	Config
	epoch uint64
	count uint64 // cycles attempted in this epoch
	last  marker
	spent []uint64 // ended cycles whose work lists are still there
	match *matcher // nil until the library is looked at for the first time, and when its index must be built again
	// looked is when all links were looked through last and none waited; zero: not yet.
	looked time.Time
}

type marker struct {
	cycle   uint64
	catalog uint32
	rule    string
	marks   map[string]uint64
	seq     uint64
	found   bool
}

// defaultWindow bounds a cycle's work so that its changes appear within seconds.
const defaultWindow = 200_000

// Take makes this process the owner of the library. It fails when the epoch it is given is not above every epoch that the store
// has seen: then the owner topic was re-created, or the store restored from a copy that is newer than the topic.
func Take(ctx context.Context, c Config) (*Owner, error) {
	if c.MaxWindow == 0 {
		c.MaxWindow = defaultWindow
	}
	if c.Now == nil {
		c.Now = time.Now
	}
	if c.CrashPoint == nil {
		c.CrashPoint = func(string) {}
	}
	o := &Owner{Config: c}
	epoch, err := c.Fence.Take(ctx, c.Rule.Library)
	if err != nil {
		return nil, fmt.Errorf("take library %s: %w", c.Rule.Library, err)
	}
	var greatest uint64
	err = c.Store.Query(ctx, "cycle/greatest_epoch", o.data(), func(scan func(...any) error) error { return scan(&greatest) })
	if err != nil {
		return nil, err
	}
	if epoch <= greatest {
		return nil, fmt.Errorf("library %s: this owner's epoch %d is not above %d, which the store has seen: the topic wuku.owner was re-created or the store restored from a newer copy; write messages to wuku.owner until its offset is above %d", c.Rule.Library, epoch, greatest, greatest)
	}
	o.epoch = epoch
	if err := c.Store.Exec(ctx, "cycle/owner", map[string]any{"Library": c.Rule.Library, "Epoch": epoch, "Instance": c.Instance, "Taken": c.Now().UnixMilli()}); err != nil {
		return nil, err
	}
	if err := o.dropLeftovers(ctx); err != nil {
		return nil, err
	}
	return o, o.loadLast(ctx)
}

func (o *Owner) loadLast(ctx context.Context) error {
	return o.Store.Query(ctx, "cycle/last_marker", o.data(), func(scan func(...any) error) error {
		o.last.found = true
		return scan(&o.last.cycle, &o.last.catalog, &o.last.rule, &o.last.marks, &o.last.seq)
	})
}

// Result says what a cycle did.
type Result struct {
	Cycle    uint64
	Messages uint64        // read from the ledger
	Anchors  uint64        // resolved again; 0 for a first load, which resolves all
	Events   uint64        // published
	Took     time.Duration //
	Full     bool          // everything was resolved again
}

// Cycle resolves what has come since the last finished cycle and reports whether there was anything. An error leaves the cycle
// unfinished; the next call, or the next owner, does it again.
func (o *Owner) Cycle(ctx context.Context) (Result, bool, error) {
	return o.run(ctx, o.last.found && o.last.rule != o.RuleDigest)
}

// Rebuild resolves everything again, as when the rule has changed.
func (o *Owner) Rebuild(ctx context.Context) (Result, error) {
	res, _, err := o.run(ctx, o.last.found)
	return res, err
}

func (o *Owner) run(ctx context.Context, changed bool) (Result, bool, error) {
	started := o.Now()
	w := o.data()
	if err := o.windows(ctx, w); err != nil {
		return Result{}, false, err
	}
	pending, found, err := o.matching(ctx, w)
	if err != nil {
		return Result{}, false, err
	}
	if len(w.Windows) == 0 && !changed && (pending == 0 || !o.last.found) {
		return Result{}, found > 0, o.sweep(ctx)
	}
	if err := o.mine(ctx); err != nil {
		return Result{}, false, err
	}
	o.count++
	w.Cycle, w.Last, w.Started = o.epoch<<32|o.count, o.last.cycle, started.UnixMilli()
	w.Single = w.Last == w.Cycle-1 && !changed
	if pending > 0 && !changed {
		if err := o.steps(ctx, w, "cycle/touched_link"); err != nil {
			return Result{}, false, err
		}
	}
	anchors, err := o.resolve(ctx, w, changed)
	if err != nil {
		return Result{}, false, fmt.Errorf("library %s cycle %d: %w", w.Library, w.Cycle, err)
	}
	if err := o.finish(ctx, w); err != nil {
		return Result{}, false, fmt.Errorf("library %s cycle %d: %w", w.Library, w.Cycle, err)
	}
	res := Result{Cycle: w.Cycle, Messages: w.Messages, Anchors: anchors, Events: w.SeqTo - w.Seq, Took: o.Now().Sub(started), Full: changed || w.All}
	return res, true, nil
}

func (o *Owner) resolve(ctx context.Context, w *work, changed bool) (uint64, error) {
	switch {
	case !o.last.found:
		return 0, o.firstLoad(ctx, w)
	case changed:
		o.match = nil
		return o.everything(ctx, w)
	default:
		return o.changes(ctx, w)
	}
}

// windows finds, per stream, the ledger offsets after its mark up to the first hole.
func (o *Owner) windows(ctx context.Context, w *work) error {
	share := o.MaxWindow
	if !o.last.found {
		share = 1 << 62 // a first load takes all there is
	}
	var marks []mark
	err := o.Store.Query(ctx, "cycle/streams", w, func(scan func(...any) error) error {
		var m mark
		if err := scan(&m.Topic, &m.Partition, &m.Revision); err != nil {
			return err
		}
		m.Next = o.last.marks[m.Name()]
		m.Limit = m.Next + share
		marks = append(marks, m)
		return nil
	})
	if err != nil {
		return err
	}
	w.Marks = marks
	if len(marks) == 0 {
		return nil
	}
	return o.Store.Query(ctx, "cycle/frontier", w, func(scan func(...any) error) error {
		var m mark
		var messages uint64
		if err := scan(&m.Topic, &m.Partition, &m.Revision, &m.Next, &messages); err != nil {
			return err
		}
		i := slices.IndexFunc(w.Marks, func(k mark) bool { return k.Name() == m.Name() })
		from := w.Marks[i].Next
		if m.Next <= from {
			return nil
		}
		w.Windows = append(w.Windows, window{m.Topic, m.Partition, m.Revision, from, m.Next})
		w.Messages += messages
		w.Marks[i].Next = m.Next
		return nil
	})
}

// mine stops this owner when another has taken over.
func (o *Owner) mine(ctx context.Context) error {
	current, err := o.Fence.Current(ctx, o.Rule.Library)
	if err != nil {
		return fmt.Errorf("library %s: who owns it: %w", o.Rule.Library, err)
	}
	if current != o.epoch {
		return fmt.Errorf("library %s: %w (epoch %d, newest %d)", o.Rule.Library, ErrFenced, o.epoch, current)
	}
	return nil
}

func (o *Owner) steps(ctx context.Context, w *work, names ...string) error {
	for _, name := range names {
		if err := o.Store.Exec(ctx, name, w); err != nil {
			return err
		}
		o.CrashPoint(name)
	}
	return nil
}

// gone states what newer versions no longer name, for the records of the windows (or all).
func (o *Owner) gone(ctx context.Context, w *work) error {
	return o.steps(ctx, w, "cycle/touched_records", "cycle/gone", "cycle/stay")
}

// firstLoad resolves a library that has no finished cycle: once, by scan.
func (o *Owner) firstLoad(ctx context.Context, w *work) error {
	w.All, w.Target = true, "resolve."+w.Library
	w.First = true // its events are all that is; what unfinished attempts before it saw does not matter
	if err := o.gone(ctx, w); err != nil {
		return err
	}
	if err := o.scan(ctx, w); err != nil {
		return err
	}
	return o.steps(ctx, w, "cycle/states")
}

// scan works out members and rows of all entities into the target.
func (o *Owner) scan(ctx context.Context, w *work) error {
	w.Rule = o.Rule
	read := "cycle/near"
	if w.All {
		read = "cycle/superseded"
	}
	if err := o.steps(ctx, w, read); err != nil {
		return err
	}
	w.Listed = w.All
	if err := o.members(ctx, w); err != nil {
		return err
	}
	w.Members = false // most entities have one anchor: a scan resolves them in the order they lie in, without the join
	if err := o.steps(ctx, w, "cycle/resolve"); err != nil {
		return err
	}
	if err := o.several(ctx, w); err != nil {
		return err
	}
	return o.steps(ctx, w, "cycle/tombstones")
}

// slicesOf is how many anchors one slice of a whole library should have.
const slicesOf = 200_000

// everything resolves the whole library again, slice by slice, because the rule changed; the windows come along.
func (o *Owner) everything(ctx context.Context, w *work) (uint64, error) {
	if o.last.rule == o.RuleDigest { // a rebuild: what newer versions no longer name is stated again, too
		all := *w
		all.All = true
		if err := o.gone(ctx, &all); err != nil {
			return 0, err
		}
		if err := o.drop(ctx, w.Cycle); err != nil { // its list of records, which are not what the windows touch
			return 0, err
		}
	}
	if len(w.Windows) > 0 {
		if err := o.gone(ctx, w); err != nil {
			return 0, err
		}
	}
	var anchors, total uint64
	err := o.Store.Query(ctx, "cycle/anchor_count", w, func(scan func(...any) error) error { return scan(&anchors) })
	if err != nil {
		return 0, err
	}
	if o.Changed != nil && o.last.rule != o.RuleDigest {
		only, all, err := o.Changed(ctx, o.last.catalog)
		switch {
		case err != nil:
			return 0, err
		case !all && len(only) == 0:
			return 0, o.touchedWindows(ctx, w)
		case !all:
			w.Only = only
		}
	}
	w.Slices = int(anchors/slicesOf) + 1
	if len(w.Windows) > 0 {
		if err := o.touchedWindows(ctx, w); err != nil {
			return 0, err
		}
	}
	for w.Slice = 0; w.Slice < w.Slices; w.Slice++ {
		if err := o.drop(ctx, w.Cycle); err != nil {
			return 0, err
		}
		if err := o.Store.Exec(ctx, "cycle/touched_range", w); err != nil {
			return 0, err
		}
		n, err := o.touched(ctx, w)
		if err != nil {
			return 0, err
		}
		total += n
	}
	return total, nil
}

// touchedWindows resolves what the windows' records touch.
func (o *Owner) touchedWindows(ctx context.Context, w *work) error {
	if err := o.Store.Exec(ctx, "cycle/touched", w); err != nil {
		return err
	}
	_, err := o.touched(ctx, w)
	return err
}

// touched resolves the components of the anchors in the work list: new rows beside, the changes they make, then the rows.
func (o *Owner) touched(ctx context.Context, w *work) (uint64, error) {
	total := uint64(0)
	for w.Round = 0; ; w.Round++ {
		var n uint64
		if err := o.Store.Query(ctx, "cycle/touched_count", w, func(scan func(...any) error) error { return scan(&n) }); err != nil {
			return 0, err
		}
		if total += n; n == 0 {
			break
		}
		if err := o.Store.Exec(ctx, "cycle/neighbours", w); err != nil {
			return 0, err
		}
	}
	if total == 0 {
		return 0, nil
	}
	if err := o.scan(ctx, w); err != nil {
		return 0, err
	}
	if err := o.steps(ctx, w, "cycle/changes"); err != nil {
		return 0, err
	}
	if err := o.mine(ctx); err != nil { // what another owner's start dropped from our lists must not reach readers
		return 0, err
	}
	return total, o.steps(ctx, w, "cycle/publish", "cycle/states")
}

// members works out which anchor belongs to which entity: the identifier forest, then the links over it.
func (o *Owner) members(ctx context.Context, w *work) error {
	if err := o.steps(ctx, w, "cycle/owned", "cycle/members"); err != nil {
		return err
	}
	var links uint64
	if err := o.Store.Query(ctx, "cycle/link_any", w, func(scan func(...any) error) error { return scan(&links) }); err != nil || links == 0 {
		return err
	}
	var edges []Edge
	err := o.Store.Query(ctx, "cycle/links", w, func(scan func(...any) error) error {
		var e Edge
		var same, steward uint8
		if err := scan(&e.A, &e.B, &same, &e.Weight, &steward, &e.RootA, &e.RootB, &e.StrengthA, &e.StrengthB); err != nil {
			return err
		}
		e.Same, e.Steward = same == 1, steward == 1
		edges = append(edges, e)
		return nil
	})
	if err != nil || len(edges) == 0 {
		return err
	}
	var moves []move
	for from, to := range Cluster(edges) {
		moves = append(moves, move{from.String(), to.String()})
	}
	slices.SortFunc(moves, func(a, b move) int { return compareText(a.From, b.From) })
	for w.Moves = range slices.Chunk(moves, mostMoves) {
		if err := o.steps(ctx, w, "cycle/relink"); err != nil {
			return err
		}
	}
	return nil
}

// mostMoves is how many moves one statement names: the engine takes none that is longer than 256 KiB. Each of them stands in it four
// times, and none depends on another, since all of them lead to the entity that stays.
const mostMoves = 1_000

// finish numbers the changes and writes the marker.
func (o *Owner) finish(ctx context.Context, w *work) error {
	w.Seq = o.last.seq
	var events uint64
	if err := o.Store.Query(ctx, "cycle/event_count", w, func(scan func(...any) error) error { return scan(&events) }); err != nil {
		return err
	}
	w.SeqTo, w.Entities, w.Finished = w.Seq+events, events, o.Now().UnixMilli()
	if err := o.steps(ctx, w, "cycle/events"); err != nil {
		return err
	}
	if err := o.mine(ctx); err != nil {
		return err
	}
	if err := o.steps(ctx, w, "cycle/marker"); err != nil {
		return err
	}
	if w.Pending {
		if err := o.steps(ctx, w, "cycle/link_applied"); err != nil {
			return err
		}
	}
	marks := make(map[string]uint64, len(w.Marks))
	for _, m := range w.Marks {
		marks[m.Name()] = m.Next
	}
	o.last = marker{cycle: w.Cycle, catalog: o.Catalog, rule: o.RuleDigest, marks: marks, seq: w.SeqTo, found: true}
	o.spent = append(o.spent, w.Cycle)
	if len(o.spent) < mostSpent {
		return nil
	}
	return o.sweep(ctx)
}

// Epoch is this owner's.
func (o *Owner) Epoch() uint64 { return o.epoch }

// Sequence is the number of the last published event.
func (o *Owner) Sequence() uint64 { return o.last.seq }
