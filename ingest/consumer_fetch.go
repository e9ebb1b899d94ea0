package ingest

import (
	"context"
	"time"

	"github.com/segmentio/kafka-go"

	"wuku/entity"
)

const (
	// queueLimit is how many chunks a partition may have waiting: one that is being mapped and one to go on with.
	queueLimit = 2
	// answerBytes is the most that one answer of a broker should hold, over all its partitions.
	answerBytes = 16 << 20
	// busyWait replaces Config.Wait while a partition is left out of a fetch because its queue is full: it comes back soon
	// and must not wait behind an idle long poll.
	busyWait = 20 * time.Millisecond
	// lull is a pause after a small answer. At a trickle it turns a fetch for each message into one for each 10 ms.
	lull      = 10 * time.Millisecond
	lullBelow = 64 << 10
	// maxPartBytes bounds how far the bytes asked for grow when one batch is larger.
	maxPartBytes = 128 << 20
)

// ring wakes the fetch loop of a broker, starting it if there is none.
func (s *session) ring(ctx context.Context, broker int32) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.ringLocked(broker)
	if _, ok := s.brokers[broker]; !ok && ctx.Err() == nil {
		bell := make(chan struct{}, 1)
		s.brokers[broker] = bell
		s.loops.Go(func() { s.fetchFrom(ctx, broker, bell) })
	}
}

func (s *session) ringLocked(broker int32) {
	if bell, ok := s.brokers[broker]; ok {
		select {
		case bell <- struct{}{}:
		default:
		}
	}
}

// fetchFrom reads everything that one broker leads, one request at a time for all partitions together.
func (s *session) fetchFrom(ctx context.Context, broker int32, bell <-chan struct{}) {
	pause := s.c.pauses()
	for turn := 0; ctx.Err() == nil; turn++ {
		parts, wait, idle := s.claim(broker, turn)
		if len(parts) == 0 {
			if !s.await(ctx, bell, idle) {
				return
			}
			continue
		}
		r := &fetchRequest{broker: broker, committed: true, wait: wait, maxBytes: answerBytes, parts: parts, buffers: &s.c.buffers}
		if err := s.wire.fetch(ctx, r); err != nil {
			if ctx.Err() != nil {
				return
			}
			s.c.stats.FetchErrors.Add(1)
			s.cfg.Log.Warn("fetch", "broker", broker, "error", err)
			s.relead(ctx)
			pause.wait(ctx)
			continue
		}
		pause.reset()
		size := s.take(ctx, r)
		r.held.release()
		if size < lullBelow {
			sleep(ctx, lull)
		}
	}
}

// await sleeps until the bell rings or idle has passed, and reports whether ctx still lasts.
func (s *session) await(ctx context.Context, bell <-chan struct{}, idle time.Duration) bool {
	timer := time.NewTimer(idle)
	defer timer.Stop()
	select {
	case <-bell:
	case <-timer.C:
	case <-ctx.Done():
	}
	return ctx.Err() == nil
}

// claim lists what to ask a broker for. The list begins elsewhere at each turn, since a broker fills its answer in the order
// asked. wait is how long the broker may hold the request, idle how long to sleep if there is nothing to ask for.
func (s *session) claim(broker int32, turn int) (parts []fetchPart, wait, idle time.Duration) {
	s.mu.Lock()
	defer s.mu.Unlock()
	now := time.Now()
	wait, idle = s.cfg.Wait, s.cfg.Watch
	over := s.fetched.Load() >= s.cfg.MaxFetched
	if over {
		idle = busyWait // room may be made by partitions of other brokers, whose workers ring other bells
	}
	for i := range s.list {
		p := s.list[(i+turn)%len(s.list)]
		if p.leader != broker || p.state != running {
			continue
		}
		if over || len(p.queue) >= queueLimit {
			wait = min(wait, busyWait) // its worker rings the bell
			continue
		}
		if d := p.retryAt.Sub(now); d > 0 {
			wait, idle = min(wait, max(d, busyWait)), min(idle, d)
			continue
		}
		parts = append(parts, fetchPart{place: p.place, owner: p, offset: p.next, maxBytes: p.maxBytes})
	}
	return parts, wait, idle
}

// take puts an answer into the partitions' queues and returns how many bytes of records it held.
func (s *session) take(ctx context.Context, r *fetchRequest) int {
	size, lost := 0, false
	s.mu.Lock()
	for i := range r.answer {
		f := &r.answer[i]
		p, asked := r.parts[f.at].owner, r.parts[f.at].offset
		if p.state != running || p.next != asked {
			continue // stopped or opened anew in the meantime
		}
		size += len(f.records)
		switch f.err {
		case 0:
			s.enqueue(p, f, r.held)
		case kafka.OffsetOutOfRange, kafka.UnknownTopicOrPartition, kafka.TopicAuthorizationFailed:
			s.suspend(p, f.err.Title())
			s.loops.Go(func() { s.recover(ctx, p, f.err) })
		default:
			lost = true
			p.failures++
			p.retryAt = time.Now().Add(min(s.cfg.Backoff<<min(p.failures-1, 8), maxRetry))
		}
	}
	s.mu.Unlock()
	if lost {
		s.relead(ctx)
	}
	return size
}

// maxRetry bounds how long a partition is left alone after the broker has refused it, for example while it has no leader.
const maxRetry = 5 * time.Second

// enqueue gives a partition the whole batches of an answer. session.mu is held.
func (s *session) enqueue(p *partition, f *fetched, held *buffer) {
	p.end, p.stable, p.start, p.failures = f.end, f.stable, f.start, 0
	to := reach(f.records, p.next)
	if to == p.next {
		if len(f.records) > 0 {
			p.maxBytes = min(2*p.maxBytes, maxPartBytes) // the first batch was cut
		}
		return
	}
	held.retain()
	s.fetched.Add(int64(len(f.records)))
	s.c.stats.Fetched.Add(int64(len(f.records)))
	p.queue = append(p.queue, &chunk{place: p.place, epoch: p.epoch, from: p.next, to: to, start: f.start, aborted: f.aborted, records: f.records, held: held})
	p.next, p.progress, p.maxBytes = to, time.Now(), s.cfg.FetchBytes
	s.schedule(p)
}

// schedule hands a partition to the workers if it has something to map and none of them has it. session.mu is held.
func (s *session) schedule(p *partition) {
	if !p.busy && len(p.queue) > 0 {
		p.busy = true
		s.ready <- p // has room for every partition, and each is in it at most once
	}
}

// suspend takes a partition out of the work for the moment. session.mu is held.
func (s *session) suspend(p *partition, reason string) {
	p.state, p.reason = unopened, reason
	p.epoch++
}

// recover opens a partition again after the broker refused its offset, its topic or us. It begins from the ledger, whose last
// message is compared: the topic may be another one now.
func (s *session) recover(ctx context.Context, p *partition, cause kafka.Error) {
	if cause == kafka.TopicAuthorizationFailed {
		from, to := s.unread(p)
		s.c.report(ctx, entity.Incident{Kind: IncidentDenied, Feed: p.feedName(), Topic: p.topic, Partition: p.partition, From: from, To: to,
			Detail: "the broker refuses to let us read the topic: allow Read and Describe on it to our user"})
		s.stop(p, cause.Title())
		return
	}
	s.forgetLeader(p.place)
	for s.isBusy(p) {
		if !sleep(ctx, s.cfg.Backoff) {
			return
		}
	}
	s.openAll(ctx, []*partition{p})
}

func (s *session) isBusy(p *partition) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return p.busy
}

// relead asks who leads what and moves partitions there.
func (s *session) relead(ctx context.Context) {
	l, err := s.wire.layout(ctx, s.plan.topics)
	if err != nil {
		s.cfg.Log.Warn("look for leaders", "error", err)
		return
	}
	s.learn(l)
	s.follow(ctx, l.leaders)
}
