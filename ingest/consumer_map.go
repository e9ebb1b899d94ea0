package ingest

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"wuku/entity"
)

// Mapping turns the messages of one partition into batches. *Mapper is one. Messages and ranges come in the order of their offsets,
// without holes, from one goroutine at a time.
type Mapping interface {
	Map(*Message)
	// Range accounts for the offsets from to until, both included, that hold no message to map.
	Range(from, until int64, outcome entity.Outcome, timeMS int64)
	Rows() int
	Bytes() int
	// Take hands over what came since the last Take: the offsets from to (excluded). It may be written while the next is filled.
	Take(topic string, partition int32, from, to int64) *entity.Batch
	// Recycle takes a batch's memory back.
	Recycle(*entity.Batch)
}

// pieces of a chunk are mapped between two looks at how much is waiting to be written.
const piece = 256

// work maps chunks until ctx ends.
func (s *session) work(ctx context.Context) {
	h := &hand{s: s, ctx: ctx}
	h.walk.message, h.walk.span = h.message, h.span
	for {
		select {
		case <-ctx.Done():
			return
		case p := <-s.ready:
			h.chunk(p)
		}
	}
}

// hand is one worker's state.
type hand struct {
	s     *session
	ctx   context.Context
	walk  walker
	p     *partition
	epoch int
	now   int64 // milliseconds: what ranges are dated with
	n     int   // messages since the last look
	dead  bool  // the chunk's partition was stopped or opened anew, or the session ends: the rest is read again some day
}

// chunk maps the first chunk in a partition's queue and passes the partition on.
func (h *hand) chunk(p *partition) {
	s := h.s
	s.mu.Lock()
	var c *chunk
	if len(p.queue) > 0 {
		c = p.queue[0]
		p.queue[0] = nil // the array must not hold what the broker answered
		p.queue = p.queue[1:]
	}
	s.mu.Unlock()
	if c != nil {
		if err := h.mapChunk(p, c); err != nil {
			s.corrupt(h.ctx, p, c, err)
		}
		if c.held != nil {
			s.fetched.Add(-int64(len(c.records)))
			c.held.release()
		}
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	p.busy = false
	s.schedule(p)
	s.ringLocked(p.leader)
}

func (h *hand) mapChunk(p *partition, c *chunk) error {
	h.p, h.epoch, h.n, h.dead, h.now = p, c.epoch, 0, false, h.s.cfg.Clock().UnixMilli()
	p.mapMu.Lock()
	defer p.mapMu.Unlock()
	if h.stale() {
		return nil
	}
	_, err := h.walk.walk(c)
	h.note()
	return err
}

// stale reports whether the chunk in hand belongs to an opening that is over.
func (h *hand) stale() bool {
	h.s.mu.Lock()
	defer h.s.mu.Unlock()
	h.dead = h.dead || h.p.epoch != h.epoch || h.ctx.Err() != nil
	return h.dead
}

func (h *hand) message(m *Message) {
	if h.dead {
		return
	}
	if !h.prepared(m) {
		return
	}
	h.mapOne(m)
	if h.dead {
		return
	}
	h.p.to = m.Offset + 1
	h.n++
	if h.n >= piece {
		h.pause()
	}
}

// prepared waits until the mapping has what it needs for the message, without holding the mapper, so that what is mapped already can
// be written meanwhile. It reports false if the chunk's opening ended before.
func (h *hand) prepared(m *Message) bool {
	a, ok := h.p.mapper.(awaiter)
	if !ok || a.prepared(m) {
		return true
	}
	h.note()
	h.p.mapMu.Unlock()
	a.await(h.ctx, h.s.cfg.Backoff, m, func(err error) {
		h.s.c.stats.Waits.Add(1)
		h.s.cfg.Log.Warn("waiting for the schema registry", "topic", h.p.topic, "partition", h.p.partition, "error", err)
	})
	h.p.mapMu.Lock()
	return !h.stale()
}

func (h *hand) span(from, to int64, outcome entity.Outcome) {
	if h.dead {
		return
	}
	h.p.mapper.Range(from, to-1, outcome, h.now)
	h.p.to = to
}

// mapOne maps one message. If the mapping panics, it has a bug, and what it holds can no longer be trusted: the partition is
// opened again from the ledger, and the second time that one message goes to quarantine unmapped while all others go on.
func (h *hand) mapOne(m *Message) {
	if slices.Contains(h.p.crashers, m.Offset) {
		rows := h.p.mapper.Rows() + 2 // a row of quarantine and one of the ledger
		h.p.cut()
		h.p.done, h.p.doneRows, h.p.from = append(h.p.done, crashed(h.p, m)), h.p.doneRows+rows, m.Offset+1
		return
	}
	defer func() {
		if r := recover(); r != nil {
			h.dead = true
			h.s.crash(h.ctx, h.p, m.Offset, r)
		}
	}()
	h.p.mapper.Map(m)
}

// note adds what was mapped to what waits for a write, and wakes the collector.
func (h *hand) note() {
	s, p := h.s, h.p
	s.c.stats.Mapped.Add(int64(h.n))
	h.n = 0
	rows, bytes := int64(p.doneRows+p.mapper.Rows()), int64(p.mapper.Bytes())
	if rows == p.rows.Load() {
		return
	}
	all := s.rows.Add(rows - p.rows.Swap(rows))
	size := s.bytes.Add(bytes - p.bytes)
	p.bytes = bytes
	signal(s.dirty)
	if all >= int64(s.cfg.MaxBatchRows) || size >= s.cfg.MaxBatchBytes {
		signal(s.full)
	}
}

// forget takes what a partition holds out of what waits for a write. p.mapMu is held.
func (s *session) forget(p *partition) {
	s.rows.Add(-p.rows.Swap(0))
	s.bytes.Add(-p.bytes)
	p.bytes, p.doneRows = 0, 0
}

// pause notes what was mapped and, while as much waits as one write may take, lets go of the mapper and waits for the
// collector: this is what stops reading when the sink is slower.
func (h *hand) pause() {
	h.note()
	for h.s.over() && !h.dead {
		room := h.s.roomBell()
		if !h.s.over() {
			break
		}
		h.p.mapMu.Unlock()
		select {
		case <-room:
		case <-h.ctx.Done():
		}
		h.p.mapMu.Lock()
		h.stale()
	}
}

func (s *session) over() bool {
	return s.rows.Load() >= int64(s.cfg.MaxBatchRows) || s.bytes.Load() >= s.cfg.MaxBatchBytes
}

// roomBell returns a channel that is closed when the collector has taken something.
func (s *session) roomBell() <-chan struct{} {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.room
}

func signal(bell chan<- struct{}) {
	select {
	case bell <- struct{}{}:
	default:
	}
}

// corrupt handles a chunk that could not be walked: it is fetched again, and after a few times the partition stops. What was
// mapped before the broken batch stays.
func (s *session) corrupt(ctx context.Context, p *partition, c *chunk, err error) {
	if !errors.Is(err, errCorrupt) {
		err = fmt.Errorf("%w: %w", errCorrupt, err)
	}
	s.c.stats.Corrupt.Add(1)
	s.cfg.Log.Warn("read again", "topic", p.topic, "partition", p.partition, "error", err)
	s.mu.Lock()
	if p.epoch != c.epoch {
		s.mu.Unlock()
		return
	}
	p.corrupt++
	again := p.corrupt < maxCorrupt
	s.suspend(p, err.Error())
	s.mu.Unlock()
	if again {
		s.loops.Go(func() { s.recover(ctx, p, 0) })
		return
	}
	s.loops.Go(func() {
		s.c.report(ctx, entity.Incident{Kind: IncidentCorrupt, Feed: p.feedName(), Topic: p.topic, Partition: p.partition, From: c.from, To: c.to,
			Detail: err.Error() + ": repair the topic or restore it"})
		s.stop(p, err.Error())
	})
}

// maxCorrupt is how often the same partition may answer with broken batches before it stops.
const maxCorrupt = 3

// crash forgets what a mapping holds after it has panicked, remembers the message's offset and opens the partition again. The
// worker holds p.mapMu.
func (s *session) crash(ctx context.Context, p *partition, offset int64, cause any) {
	s.c.stats.Crashes.Add(1)
	s.forget(p)
	p.mapper, p.done, p.crashers = nothing{}, nil, append(p.crashers, offset)
	many := len(p.crashers) >= maxCrashers
	s.mu.Lock()
	s.suspend(p, "a message crashed its mapping")
	s.mu.Unlock()
	s.loops.Go(func() {
		s.c.report(ctx, entity.Incident{Kind: IncidentPoison, Feed: p.feedName(), Topic: p.topic, Partition: p.partition, From: offset, To: offset + 1,
			Detail: fmt.Sprintf("mapping the message panics (%T); it is kept in quarantine: report it with its bytes, then retry it", cause)})
		if many {
			s.stop(p, fmt.Sprintf("%d messages crashed their mapping: mend it before the rest goes to quarantine", maxCrashers))
			return
		}
		s.recover(ctx, p, 0)
	})
}

// maxCrashers is how many messages of one partition may crash their mapping before the partition stops.
const maxCrashers = 100

// cut moves what the mapper holds into done: the offsets [p.from, p.to). p.mapMu is held.
func (p *partition) cut() {
	if p.from >= p.to {
		return
	}
	if m, ok := p.mapper.(*retryMapping); ok {
		p.done = append(p.done, m.TakeAll(p.from, p.to)...)
	} else if b := p.mapper.Take(p.topic, p.partition, p.from, p.to); b != nil {
		p.done = append(p.done, b)
	}
	p.from = p.to
}

// nothing is the mapping of a partition that has none at the moment.
type nothing struct{}

func (nothing) Map(*Message)                                   {}
func (nothing) Range(int64, int64, entity.Outcome, int64)      {}
func (nothing) Rows() int                                      { return 0 }
func (nothing) Bytes() int                                     { return 0 }
func (nothing) Take(string, int32, int64, int64) *entity.Batch { return nil }
func (nothing) Recycle(*entity.Batch)                          {}
