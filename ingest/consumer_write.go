package ingest

import (
	"context"
	"slices"
	"time"

	"wuku/entity"
)

// inFlightLimit is how many writes may be under way: while one is being stored the next is already on its way.
const inFlightLimit = 2

// collect takes what is mapped, when it has waited for Config.Flush or is as much as one write may take, and writes it.
func (s *session) collect(ctx context.Context) {
	slots := make(chan struct{}, inFlightLimit)
	for {
		select {
		case <-ctx.Done():
			return
		case <-s.dirty:
		}
		if !s.fill(ctx) {
			return
		}
		select {
		case <-ctx.Done():
			return
		case slots <- struct{}{}:
		}
		lots := s.gather()
		if len(lots) == 0 {
			<-slots
			continue
		}
		s.inFlight.Go(func() {
			defer func() { <-slots }()
			s.write(ctx, lots)
		})
	}
}

// backlogPatience is how many times Config.Flush the first message of a write waits while the topics are far ahead: few large writes
// leave the engine less to merge than many small ones.
const backlogPatience = 10

// fill waits until a write is full or its first message has waited long enough.
func (s *session) fill(ctx context.Context) bool {
	if s.over() {
		return true
	}
	timer := time.NewTimer(s.cfg.Flush)
	defer timer.Stop()
	for waited := 1; ; {
		select {
		case <-ctx.Done():
			return false
		case <-timer.C:
			if waited >= backlogPatience || s.fetched.Load() < s.cfg.MaxFetched/8 {
				return true
			}
			waited++
			timer.Reset(s.cfg.Flush)
		case <-s.full:
			if s.over() { // the bell may be an old one
				return true
			}
		}
	}
}

// lot is the offsets [from, to) of one partition on their way to the sink, in one batch or several.
type lot struct {
	p        *partition
	mapper   Mapping
	epoch    int
	from, to int64
	batches  []*entity.Batch
}

// gather takes the batches of all partitions that have mapped something and makes room for more.
func (s *session) gather() []lot {
	var lots []lot
	for _, p := range s.list {
		if p.rows.Load() == 0 {
			continue
		}
		if l := s.takeFrom(p); len(l.batches) > 0 {
			lots = append(lots, l)
		}
	}
	s.mu.Lock()
	close(s.room)
	s.room = make(chan struct{})
	s.mu.Unlock()
	if s.rows.Load() > 0 {
		signal(s.dirty)
	}
	return lots
}

func (s *session) takeFrom(p *partition) lot {
	p.mapMu.Lock()
	defer p.mapMu.Unlock()
	s.forget(p)
	p.cut()
	s.mu.Lock()
	l := lot{p: p, mapper: p.mapper, epoch: p.epoch, from: p.taken, to: p.to, batches: p.done}
	s.mu.Unlock()
	p.done, p.taken = nil, p.to
	return l
}

// write stores batches, however often it takes. Once the session has ended it gives up after a failure: what is not in the
// ledger is read again by whoever gets the partition.
func (s *session) write(ctx context.Context, lots []lot) {
	pause := s.c.pauses()
	for len(lots) > 0 {
		batches := make([]*entity.Batch, 0, len(lots))
		for _, l := range lots {
			batches = append(batches, l.batches...)
		}
		began := time.Now()
		err := s.cfg.Sink.Write(s.writing, batches)
		s.c.stats.writeTime.Add(int64(time.Since(began)))
		if err == nil {
			s.cfg.Stored(batches)
			s.store(lots)
			return
		}
		s.c.stats.WriteErrors.Add(1)
		if table, ok := permanent(err); ok {
			lots = s.refuse(ctx, lots, table, err)
			continue
		}
		s.cfg.Log.Warn("write, trying again", "batches", len(lots), "error", err)
		if ctx.Err() != nil {
			return
		}
		pause.wait(ctx)
	}
}

// refuse stops the partitions whose batches have rows for a table that can never take them, and returns the other lots.
// Nothing is dropped: a stopped partition is read again from the ledger's position.
func (s *session) refuse(ctx context.Context, lots []lot, table string, cause error) []lot {
	rest := slices.Clone(lots[:0:0])
	refused := 0
	for _, l := range lots {
		if !slices.ContainsFunc(l.batches, func(b *entity.Batch) bool { return touches(b, table) }) {
			rest = append(rest, l)
			continue
		}
		refused++
		s.stop(l.p, "table "+table+" refuses its rows")
		s.c.report(ctx, entity.Incident{Kind: IncidentRefused, Feed: l.p.feedName(), Topic: l.p.topic, Partition: l.p.partition, From: l.from, To: l.to,
			Detail: "table " + table + " can never take these rows as they are: " + cause.Error()})
	}
	if refused == 0 { // the sink names a table that no batch has rows for: treat it as weather
		s.cfg.Log.Error("the sink refuses a table that was not written to", "table", table, "error", cause)
		sleep(ctx, s.cfg.Backoff)
		if ctx.Err() != nil {
			return nil
		}
	}
	return rest
}

// store notes what is durable now, gives the memory back and wakes the committer.
func (s *session) store(lots []lot) {
	records, rows := 0, 0
	now := time.Now()
	for _, l := range lots {
		n := 0
		for _, b := range l.batches {
			n += b.Records
			rows += blockRows(b)
			if b.Quarantine != nil {
				s.c.stats.Quarantined.Add(int64(b.Quarantine.Rows))
			}
			for _, i := range b.Incidents {
				s.c.report(s.writing, i)
			}
			b.Incidents = nil
		}
		records += n
		s.mu.Lock()
		if l.p.epoch == l.epoch {
			l.p.settle(l.from, l.to)
			l.p.corrupt = 0
		}
		l.p.meter.add(now, int64(n))
		s.mu.Unlock()
		l.p.recycle(l)
	}
	s.c.stats.Records.Add(int64(records))
	s.c.stats.Rows.Add(int64(rows))
	s.c.stats.Writes.Add(1)
	signal(s.commits)
}

// recycle gives a stored lot's memory back to the mapper that made it.
func (p *partition) recycle(l lot) {
	p.mapMu.Lock()
	defer p.mapMu.Unlock()
	for _, b := range l.batches {
		l.mapper.Recycle(b)
	}
}

func blockRows(b *entity.Batch) int {
	n := 0
	for _, c := range b.Claims {
		n += c.Rows
	}
	for _, c := range []*entity.Block{b.Findings, b.Quarantine, b.Fields, b.Staged, b.Ledger} {
		if c != nil {
			n += c.Rows
		}
	}
	return n
}

// settle adds a stored range. Two writes may end in either order, so a range may first be an island. session.mu is held.
func (p *partition) settle(from, to int64) {
	p.islands[from] = to
	for {
		to, ok := p.islands[p.stored]
		if !ok {
			return
		}
		delete(p.islands, p.stored)
		p.stored = to
	}
}

// commitLoop tells the consumer group how far the ledger is. It serves monitoring: nothing ever starts from it. A commit is the
// offset behind the last stored one, only for our own partitions, and never below our last commit.
func (s *session) commitLoop(ctx context.Context) {
	for {
		select {
		case <-ctx.Done():
			select {
			case <-s.commits:
				s.commit()
			default:
			}
			return
		case <-s.commits:
			s.commit()
		}
	}
}

func (s *session) commit() {
	offsets := map[string]map[int]int64{}
	s.mu.Lock()
	for _, p := range s.list {
		if p.stored <= p.committed {
			continue
		}
		if offsets[p.topic] == nil {
			offsets[p.topic] = map[int]int64{}
		}
		offsets[p.topic][int(p.partition)] = p.stored
	}
	s.mu.Unlock()
	if len(offsets) == 0 {
		return
	}
	if err := s.gen.CommitOffsets(offsets); err != nil {
		s.c.stats.CommitErrors.Add(1)
		s.cfg.Log.Warn("commit offsets; the ledger has them", "error", err)
		return
	}
	s.c.stats.Commits.Add(1)
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, p := range s.list {
		if to, ok := offsets[p.topic][int(p.partition)]; ok {
			p.committed = max(p.committed, to)
		}
	}
}
