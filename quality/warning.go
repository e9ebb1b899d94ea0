package quality

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"
	"unicode/utf8"

	"wuku/catalog"
	"wuku/entity"
)

// Watch keeps the warnings: inspections raise and withdraw them, people judge them. Its methods may be called concurrently. 监测预警
type Watch struct {
	Store   Store
	Catalog *catalog.Catalog
	Secret  [2]uint64        // under which ids of warnings are made; the same for all processes of a deployment
	Now     func() time.Time // nil: time.Now
}

// States and outcomes of a warning.
const (
	WarningOpen      = "open"
	WarningEnded     = "ended"
	WarningWithdrawn = "withdrawn" // its cause is gone
	WarningExpired   = "expired"   // its term has passed while the cause stands
)

// Judgements of a warning. 研判
const (
	JudgedUseful = "useful"
	JudgedFalse  = "false"
)

// Warning is a warning as it is after an event. It holds ids and areas, never a value of a person.
type Warning struct {
	ID        entity.ID `json:"id"`
	N         uint32    `json:"n"`      // number of the event, growing: odd ones of inspections, even ones of judgements
	Action    string    `json:"action"` // raise, withdraw, expire or ack
	By        string    `json:"by"`
	Note      string    `json:"note,omitempty"`
	At        time.Time `json:"at"`
	Stamp     uint64    `json:"stamp"` // microseconds at which the event was written
	Library   string    `json:"library"`
	Name      string    `json:"warning"`
	Level     string    `json:"level"`
	Entity    entity.ID `json:"entity,omitzero"`
	Other     entity.ID `json:"other,omitzero"` // the related entity, where one has part in it
	Area      string    `json:"area,omitempty"` // division code or H3 cell, of a warning that counts by area
	Figure    uint64    `json:"figure,omitzero"`
	State     string    `json:"state"`
	Outcome   string    `json:"outcome,omitempty"`
	Judgement string    `json:"judgement,omitempty"`
	Round     uint32    `json:"round"` // how often its cause has come
	Raised    time.Time `json:"raised"`
	Ends      time.Time `json:"ends,omitzero"`
}

// WarningFilter chooses warnings. Empty fields choose all.
type WarningFilter struct {
	ID       string   // one warning
	State    string   // open or ended
	Names    []string // of these declarations
	Areas    bool     // only those of areas
	Before   uint64   // behind this stamp and id: lists go from the newest on
	BeforeID string
	Limit    int
}

// ErrNoWarning means that there is no such warning.
var ErrNoWarning = errors.New("there is no such warning")

// warningList is a WarningFilter as the template sees it.
type warningList struct {
	WarningFilter
	Rules          []string
	Events, Untold bool
	Since          uint64
}

// follow brings the warnings of a library up to date with what an inspection found, where it looked.
func (w *Watch) follow(ctx context.Context, in *inspection) error {
	now := w.now()
	d := struct {
		*inspection
		Secret [2]uint64
		Now    int64
		Stamp  uint64
		Codes  []string
		Levels []string
		Days   []int64
	}{inspection: in, Secret: w.Secret, Now: now.UnixMilli(), Stamp: uint64(now.UnixMicro())}
	fail := func(err error) error { return fmt.Errorf("warnings of library %s: %w", in.Library, err) }
	holding := map[string]bool{}
	if err := w.Store.Query(ctx, "quality/warning_codes", d, func(scan func(...any) error) error {
		var code string
		err := scan(&code)
		holding[code] = true
		return err
	}); err != nil {
		return fail(err)
	}
	declared := slices.DeleteFunc(w.Catalog.WarningsOf(in.Library), func(x *catalog.Warning) bool { return !holding[x.Code()] })
	for some := range slices.Chunk(declared, warningsAtOnce) {
		d.Codes, d.Levels, d.Days = nil, nil, nil
		for _, x := range some {
			d.Codes, d.Levels, d.Days = append(d.Codes, x.Code()), append(d.Levels, x.Level), append(d.Days, int64(x.Expires))
		}
		if err := w.Store.Exec(ctx, "quality/warning_raise", d); err != nil {
			return fail(err)
		}
	}
	d.Codes = nil // of all declarations
	if err := w.Store.Exec(ctx, "quality/warning_withdraw", d); err != nil {
		return fail(err)
	}
	return nil
}

// warningsAtOnce is how many declarations one statement raises warnings of: it names each four times, and may have 4 MiB (package store).
const warningsAtOnce = 10_000

func (w *Watch) now() time.Time {
	if w.Now == nil {
		return time.Now()
	}
	return w.Now()
}

// Expire ends the warnings whose term has passed.
func (w *Watch) Expire(ctx context.Context) error {
	now := w.now()
	if err := w.Store.Exec(ctx, "quality/warning_expire", map[string]any{"Now": now.UnixMilli(), "Stamp": uint64(now.UnixMicro())}); err != nil {
		return fmt.Errorf("warnings: expire: %w", err)
	}
	return nil
}

// List returns warnings, the newest first.
func (w *Watch) List(ctx context.Context, f WarningFilter) ([]Warning, error) {
	return w.list(ctx, warningList{WarningFilter: f})
}

// History returns all events of one warning, the oldest first.
func (w *Watch) History(ctx context.Context, id entity.ID) ([]Warning, error) {
	events, err := w.list(ctx, warningList{WarningFilter: WarningFilter{ID: id.String()}, Events: true})
	if err == nil && len(events) == 0 {
		err = fmt.Errorf("warning %s: %w", id, ErrNoWarning)
	}
	return events, err
}

func (w *Watch) list(ctx context.Context, l warningList) ([]Warning, error) {
	out := []Warning{}
	err := w.each(ctx, l, func(x Warning) error {
		out = append(out, x)
		return nil
	})
	if err != nil {
		return nil, err
	}
	return out, nil
}

// each brings warnings to a function, one after the other as they are read.
func (w *Watch) each(ctx context.Context, l warningList, f func(Warning) error) error {
	l.Rules = nil
	for _, n := range l.Names {
		l.Rules = append(l.Rules, (&catalog.Warning{Name: n}).Code())
	}
	err := w.Store.Query(ctx, "quality/warning_list", l, func(scan func(...any) error) error {
		var x Warning
		err := scan(&x.ID, &x.N, &x.Action, &x.By, &x.Note, &x.At, &x.Stamp, &x.Library, &x.Name, &x.Level, &x.Entity, &x.Other, &x.Area, &x.Figure, &x.State, &x.Outcome,
			&x.Judgement, &x.Round, &x.Raised, &x.Ends)
		_, x.Name, _ = strings.Cut(x.Name, ".")
		if x.Ends.Unix() == 0 {
			x.Ends = time.Time{}
		}
		if err != nil {
			return err
		}
		return f(x)
	})
	if err != nil {
		return fmt.Errorf("warnings: %w", err)
	}
	return nil
}

// Judge notes that somebody has seen a warning, and whether it was of use. Judging again corrects the judgement of the same round. The
// note stands in the warning's history alone, never on the topic.
func (w *Watch) Judge(ctx context.Context, id entity.ID, by, judgement, note string) (Warning, error) {
	if judgement != JudgedUseful && judgement != JudgedFalse {
		return Warning{}, fmt.Errorf("%q is no judgement: say %s or %s", judgement, JudgedUseful, JudgedFalse)
	}
	if len(note) > mostNote || !utf8.ValidString(note) {
		return Warning{}, fmt.Errorf("the note is longer than %d bytes or no UTF-8", mostNote)
	}
	if there, err := w.List(ctx, WarningFilter{ID: id.String()}); err != nil || len(there) == 0 {
		return Warning{}, errors.Join(err, fmt.Errorf("warning %s: %w", id, ErrNoWarning))
	}
	judging.Lock()
	defer judging.Unlock()
	for range judgeTries {
		now := w.now()
		stamp := uint64(now.UnixMicro())
		err := w.Store.Exec(ctx, "quality/warning_judge", map[string]any{"ID": id.String(), "By": by, "Judgement": judgement, "Note": note, "Now": now.UnixMilli(), "Stamp": stamp})
		if err != nil {
			return Warning{}, fmt.Errorf("warning %s: %w", id, err)
		}
		events, err := w.History(ctx, id)
		if err != nil {
			return Warning{}, err
		}
		last := slices.MaxFunc(events, func(a, b Warning) int { return int(a.N) - int(b.N) })
		// Somebody else may have taken the number, or an inspection that had read the event before may stand above it.
		own := slices.IndexFunc(events, func(e Warning) bool { return e.Stamp == stamp && e.By == by && e.Judgement == judgement })
		if own >= 0 && (last.Action == "ack" || last.Judgement == judgement || last.Round > events[own].Round) {
			return last, nil
		}
	}
	return Warning{}, fmt.Errorf("warning %s is being changed by others: try again", id)
}

// judging lets a process write one judgement at a time: two of one number would be one. Judgements by two processes in the same milliseconds
// still can be; the later one stands.
var judging sync.Mutex

// judgeTries is how often a judgement that was overtaken is written again.
const judgeTries = 5

// WarningFigures is how the warnings of one declaration have done.
type WarningFigures struct {
	Name   string `json:"warning"`
	Raised uint64 `json:"raised"` // rounds
	Open   uint64 `json:"open"`
	Useful uint64 `json:"useful"` // of those judged
	False  uint64 `json:"false"`
}

// Figures counts the warnings of every declaration that has ever raised one. Precision is useful / (useful + false): of those that were
// judged.
func (w *Watch) Figures(ctx context.Context) ([]WarningFigures, error) {
	out := []WarningFigures{}
	err := w.Store.Query(ctx, "quality/warning_figures", nil, func(scan func(...any) error) error {
		var f WarningFigures
		err := scan(&f.Name, &f.Raised, &f.Open, &f.Useful, &f.False)
		_, f.Name, _ = strings.Cut(f.Name, ".")
		out = append(out, f)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("warnings: figures: %w", err)
	}
	return out, nil
}

// Tell brings the events that nobody was told of to a function, in order and at least once: the id and the number of an event are the
// same however often it comes. Judgements are not told.
func (w *Watch) Tell(ctx context.Context, to func(context.Context, []Warning) error) (int, error) {
	var last uint64
	if err := w.Store.Query(ctx, "quality/warning_told_since", nil, func(scan func(...any) error) error { return scan(&last) }); err != nil {
		return 0, fmt.Errorf("warnings: %w", err)
	}
	l := warningList{Events: true, Untold: true, Since: last - min(last, uint64(settle.Microseconds()))}
	told, events := 0, make([]Warning, 0, most)
	flush := func() error {
		n, err := w.tell(ctx, to, events)
		told, events = told+n, events[:0]
		return err
	}
	err := w.each(ctx, l, func(e Warning) error { // read once, however many there are
		if events = append(events, e); len(events) < most {
			return nil
		}
		return flush()
	})
	if err == nil && len(events) > 0 {
		err = flush()
	}
	return told, err
}

// tell brings some events to a function and notes that they were told; how many were no judgements.
func (w *Watch) tell(ctx context.Context, to func(context.Context, []Warning) error, events []Warning) (int, error) {
	var news []Warning
	var t struct {
		IDs     []string
		Numbers []uint32
		Stamps  []uint64
	}
	for _, e := range events {
		t.IDs, t.Numbers, t.Stamps = append(t.IDs, e.ID.String()), append(t.Numbers, e.N), append(t.Stamps, e.Stamp)
		if e.Action != "ack" {
			news = append(news, e)
		}
	}
	if err := to(ctx, news); err != nil {
		return 0, fmt.Errorf("warnings: tell: %w", err)
	}
	if err := w.Store.Exec(ctx, "quality/warning_told", t); err != nil {
		return 0, fmt.Errorf("warnings: %w", err)
	}
	return len(news), nil
}
