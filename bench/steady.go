package bench

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"math"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/segmentio/kafka-go"
	"golang.org/x/sync/errgroup"

	"wuku/catalog"
	"wuku/demo"
	"wuku/entity"
	"wuku/ingest"
	"wuku/resolve"
)

// Resolve measures the steady state after a load: changes of known records are published at a rate, ingest and the owners of all
// libraries run as in `wuku up`, and the time is taken from before a change is sent until the end of the cycle that put it into
// its base record.
func Resolve(ctx context.Context, cfg Config) (run *ResolveRun, err error) {
	cfg.defaults()
	r, mix, done, err := loaded(ctx, cfg)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, done()) }()
	run = &ResolveRun{Records: cfg.Records}
	s := &steady{rig: r, ends: map[string]map[uint64]time.Time{}, looks: map[string]int{}}
	if s.changes, err = changesOf(r.catalog, mix.People, cfg, mostChanges); err != nil {
		return nil, err
	}
	if err := r.settle(ctx); err != nil {
		return nil, err
	}
	for _, rate := range cfg.Rates {
		cfg.Say("%d changes a second for %d s", rate, cfg.Seconds)
		one, err := s.measure(ctx, rate)
		if err != nil {
			return nil, fmt.Errorf("%d changes a second: %w", rate, err)
		}
		run.Rates = append(run.Rates, *one)
	}
	return run, nil
}

// steady is a rig with its services running.
type steady struct {
	*rig
	changes []change
	next    int // which change is sent next

	mu     sync.Mutex
	ends   map[string]map[uint64]time.Time // library -> cycle -> when it had ended
	looks  map[string]int                  // looks that found nothing to do
	worked time.Duration
	cycles int
}

// measure runs the services, sends at the rate, lets the rest be resolved and works out the latencies.
func (s *steady) measure(ctx context.Context, rate int) (*Rate, error) {
	running, stop := context.WithCancel(ctx)
	defer stop()
	group, inner := errgroup.WithContext(running)
	c, err := s.consumer()
	if err != nil {
		return nil, err
	}
	group.Go(func() error { return c.Run(inner) })
	s.worked, s.cycles, s.statements = 0, 0, nil
	var loops []*resolve.Loop
	for _, library := range entity.Libraries {
		l := s.loop(library)
		loops = append(loops, l)
		group.Go(func() error { return l.Run(inner) })
	}
	for !ready(c, loops) {
		if !pause(inner, look) {
			return nil, errors.Join(inner.Err(), group.Wait())
		}
	}
	out := &Rate{Rate: rate}
	began, cpu := time.Now(), s.processes().cpu()
	if err := s.send(inner, rate, out); err != nil {
		return nil, err
	}
	out.Seconds = time.Since(began).Seconds()
	out.CPU = s.processes().cpu().minus(cpu)
	out.Load = out.CPU.Sum() / out.Seconds
	s.rest(inner, c)
	stop()
	if err := group.Wait(); err != nil && !errors.Is(err, context.Canceled) {
		return nil, err
	}
	dearest(s.statements)
	out.Statements = s.statements
	return out, s.latencies(ctx, began, out)
}

// patient bounds the wait for what was sent last; what is not resolved by then counts as missing.
const patient = 5 * time.Minute

// rest waits until everything that was sent is read and every library has looked twice since then and found nothing: the first of
// the two looks may have begun before.
func (s *steady) rest(ctx context.Context, c *ingest.Consumer) {
	until := time.Now().Add(patient)
	behind := func() bool {
		return slices.ContainsFunc(c.Lag(), func(l ingest.Lag) bool { return l.Behind > 0 })
	}
	for time.Now().Before(until) && behind() && pause(ctx, look) {
	}
	s.mu.Lock()
	clear(s.looks)
	s.mu.Unlock()
	for time.Now().Before(until) && !s.rested() && pause(ctx, look) {
	}
}

func (s *steady) rested() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return !slices.ContainsFunc(entity.Libraries[:], func(l string) bool { return s.looks[l] < 2 })
}

// ready reports whether everything runs and has nothing to do.
func ready(c *ingest.Consumer, loops []*resolve.Loop) bool {
	lags := c.Lag()
	return len(lags) > 0 && !slices.ContainsFunc(lags, func(l ingest.Lag) bool { return l.State != "running" }) &&
		!slices.ContainsFunc(loops, func(l *resolve.Loop) bool { return !l.Settled() })
}

// loop is the cycles of a library; it notes when each had ended.
func (s *steady) loop(library string) *resolve.Loop {
	return &resolve.Loop{
		Config:    func() resolve.Config { return s.timed(s.owner(library)) },
		Announcer: announcer{s.publisher},
		Wake:      s.bell.Listen(library),
		Log:       slog.New(slog.NewTextHandler(io.Discard, nil)),
		Done: func(r resolve.Result) {
			s.mu.Lock()
			defer s.mu.Unlock()
			if r.Cycle == 0 {
				s.looks[library]++
				return
			}
			if s.ends[library] == nil {
				s.ends[library] = map[uint64]time.Time{}
			}
			s.ends[library][r.Cycle] = time.Now()
			s.worked += r.Took
			s.cycles++
		},
	}
}

// announcer carries the resolver's events to their topics.
type announcer struct{ *ingest.Publisher }

// Announce publishes events in order.
func (a announcer) Announce(ctx context.Context, events []resolve.Event) error {
	out := make([]ingest.Event, len(events))
	for i, e := range events {
		out[i] = ingest.Event(e)
	}
	return a.Publisher.Announce(ctx, out)
}

// tick is how often changes are sent: so many that the rate is kept.
const tick = 50 * time.Millisecond

// send publishes changes at a rate, each dated with the moment before it is sent.
func (s *steady) send(ctx context.Context, rate int, out *Rate) error {
	began := time.Now()
	for sent := 0; ; {
		since := time.Since(began)
		if since > time.Duration(s.cfg.Seconds)*time.Second {
			return nil
		}
		due := int(since.Seconds()*float64(rate)) - sent
		batch := make([]kafka.Message, 0, max(due, 0))
		now := time.Now()
		for range due {
			c := &s.changes[s.next%len(s.changes)]
			s.next++
			batch = append(batch, c.message(now, s.next))
		}
		if len(batch) > 0 {
			if err := s.publisher.Publish(ctx, batch...); err != nil {
				return err
			}
		}
		sent += len(batch)
		out.Sent = sent
		if !pause(ctx, tick) {
			return ctx.Err()
		}
	}
}

// arrival is one message of the ledger.
type arrival struct {
	topic     string
	partition uint32
	offset    uint64
	received  time.Time
	outcome   string
}

// finished is one cycle with the marks at its end.
type finished struct {
	cycle uint64
	marks map[string]uint64
}

// latencies finds, for each message since began, the first cycle of each library it speaks of that took it.
func (s *steady) latencies(ctx context.Context, began time.Time, out *Rate) error {
	arrivals, err := s.arrivals(ctx, began)
	if err != nil {
		return err
	}
	cycles := map[string][]finished{}
	library, revision := map[string]string{}, map[string]uint32{}
	for _, name := range demo.BenchFeeds() {
		f := s.catalog.Feed(name)
		library[f.Topic], revision[f.Topic] = f.Claims[0].Library, f.Revision
	}
	for _, l := range libraries(s.catalog) {
		if cycles[l], err = s.finished(ctx, l); err != nil {
			return err
		}
	}
	var took []float64
	for _, a := range arrivals {
		if a.outcome == "quarantined" {
			out.Refused++
			continue
		}
		lib := library[a.topic]
		stream := resolve.Stream{Topic: a.topic, Partition: a.partition, Revision: revision[a.topic]}.Name()
		i := slices.IndexFunc(cycles[lib], func(f finished) bool { return f.marks[stream] > a.offset })
		if i < 0 {
			out.Missing++
			continue
		}
		took = append(took, s.ends[lib][cycles[lib][i].cycle].Sub(a.received).Seconds())
	}
	out.Missing += out.Sent - len(arrivals)
	if len(took) == 0 {
		return errors.New("no change was resolved")
	}
	slices.Sort(took)
	at := func(q float64) float64 { return took[min(int(math.Ceil(q*float64(len(took)))), len(took))-1] }
	out.P50, out.P99, out.Max = at(0.5), at(0.99), took[len(took)-1]
	out.Cycles, out.Cycle = s.cycles, s.worked.Seconds()/float64(max(s.cycles, 1))
	return nil
}

func (s *steady) arrivals(ctx context.Context, began time.Time) (list []arrival, err error) {
	text, err := render("arrivals", map[string]any{"From": began.UnixMilli()})
	if err != nil {
		return nil, err
	}
	rows, err := s.conn.Query(ctx, text)
	if err != nil {
		return nil, fmt.Errorf("read the ledger: %w", err)
	}
	defer rows.Close()
	for rows.Next() {
		var a arrival
		if err := rows.Scan(&a.topic, &a.partition, &a.offset, &a.received, &a.outcome); err != nil {
			return nil, err
		}
		list = append(list, a)
	}
	return list, rows.Err()
}

// finished lists the cycles of a library whose end this process saw, in order.
func (s *steady) finished(ctx context.Context, library string) (list []finished, err error) {
	text, err := render("finished", map[string]any{"Library": library})
	if err != nil {
		return nil, err
	}
	rows, err := s.conn.Query(ctx, text)
	if err != nil {
		return nil, fmt.Errorf("read markers: %w", err)
	}
	defer rows.Close()
	for rows.Next() {
		var f finished
		if err := rows.Scan(&f.cycle, &f.marks); err != nil {
			return nil, err
		}
		if _, seen := s.ends[library][f.cycle]; seen {
			list = append(list, f)
		}
	}
	return list, rows.Err()
}

// change is a known record that can be sent again as a newer version.
type change struct {
	topic      string
	key, value []byte
	marks      []mark // in order of their place
}

// mark is a place in the value where the version or the event time stands.
type mark struct {
	at, end int
	format  string // a time's, or "" for a counter
}

// mostChanges is more than two rates need, so that a record seldom comes twice.
const mostChanges = 300_000

// changesOf takes up to most messages from the first round of the demo, of all five feeds in their shares.
func changesOf(c *catalog.Catalog, people int, cfg Config, most int) ([]change, error) {
	p, err := demo.New(demo.Config{People: people, Seed: cfg.Seed})
	if err != nil {
		return nil, err
	}
	each := most/len(demo.BenchFeeds()) + 1
	var lists [][]change
	for _, name := range demo.BenchFeeds() {
		f := c.Feed(name)
		var list []change
		n := 0
		p.Messages(f.Topic, func(m demo.Message) bool {
			n++
			if n%2 == 0 || len(list) >= each { // every other record of the whole province's first
				return len(list) < each
			}
			if one, ok := changeOf(f, m); ok {
				list = append(list, one)
			}
			return true
		})
		lists = append(lists, list)
	}
	var all []change
	for i := range most {
		for _, l := range lists {
			if i < len(l) {
				all = append(all, l[i])
			}
		}
	}
	if len(all) == 0 {
		return nil, errors.New("the demo has no record that could be changed")
	}
	return all, nil
}

func changeOf(f *catalog.Feed, m demo.Message) (change, bool) {
	c := change{topic: m.Topic, key: slices.Clone(m.Key), value: slices.Clone(m.Value)}
	if f.Version.Kind == catalog.VersionCounter {
		c.find(f.Version.Field, "")
	} else {
		c.find(f.Version.Field, f.Version.Format)
	}
	if f.EventTime != nil {
		c.find(f.EventTime.Field, f.EventTime.Format)
	}
	slices.SortFunc(c.marks, func(a, b mark) int { return a.at - b.at })
	// A deleted or broken one lacks a mark.
	return c, len(c.marks) > 0 && (f.EventTime == nil || len(c.marks) == 2) && !bytes.Contains(m.Value, []byte(`"after":null`))
}

// find notes where a field's value stands; the last one of that name is the newer image's.
func (c *change) find(field, format string) {
	name := []byte(`"` + field[strings.LastIndexByte(field, '.')+1:] + `":`)
	at := bytes.LastIndex(c.value, name)
	if at < 0 {
		return
	}
	at += len(name)
	n := bytes.IndexAny(c.value[at:], ",}")
	if n < 0 {
		return
	}
	c.marks = append(c.marks, mark{at, at + n, format})
}

// counterAbove is above every counter of the demo.
const counterAbove = 1 << 50

// message is the record as it is now.
func (c *change) message(now time.Time, n int) kafka.Message {
	var value []byte
	from := 0
	for _, m := range c.marks {
		value = append(value, c.value[from:m.at]...)
		value = appendMoment(value, m.format, now, n)
		from = m.end
	}
	return kafka.Message{Topic: c.topic, Key: c.key, Value: append(value, c.value[from:]...), Time: now}
}

func appendMoment(b []byte, format string, now time.Time, n int) []byte {
	local := now.In(time.FixedZone("Asia/Shanghai", 8*3600))
	switch format {
	case "":
		return strconv.AppendInt(b, counterAbove+int64(n), 10)
	case "epoch_ms":
		return strconv.AppendInt(b, now.UnixMilli(), 10)
	case "yyyyMMddHHmmss":
		return local.AppendFormat(b, `"20060102150405"`)
	}
	return local.AppendFormat(b, `"2006-01-02 15:04:05"`)
}
