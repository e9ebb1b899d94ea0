package ingest

import (
	"context"
	"errors"
	"net"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/twmb/franz-go/pkg/kfake"

	"wuku/entity"
)

// cable is a network connection of one process that can be pulled out: what is open hangs, what is dialled hangs.
type cable struct {
	dial func(context.Context, string, string) (net.Conn, error)
	mu   sync.Mutex
	out  chan struct{} // closed when it is plugged in again; nil while it is
}

func (c *cable) pull() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.out = make(chan struct{})
}

func (c *cable) plug() {
	c.mu.Lock()
	defer c.mu.Unlock()
	close(c.out)
	c.out = nil
}

func (c *cable) state() chan struct{} {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.out
}

func (c *cable) Dial(ctx context.Context, network, address string) (net.Conn, error) {
	if out := c.state(); out != nil {
		select {
		case <-out:
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}
	conn, err := c.dial(ctx, network, address)
	if err != nil {
		return nil, err
	}
	return &cut{Conn: conn, c: c}, nil
}

// cut is a connection over a cable. What is written while the cable is out is lost, and then the connection is of no use.
type cut struct {
	net.Conn
	c    *cable
	lost atomic.Bool
}

func (c *cut) Write(b []byte) (int, error) {
	if c.c.state() != nil {
		c.lost.Store(true)
		return len(b), nil
	}
	if c.lost.Load() {
		return 0, errors.Join(errors.New("connection reset"), c.Close())
	}
	return c.Conn.Write(b)
}

// A member whose network fails is put out of the group after its session; the other takes its partitions over from the ledger,
// while the first one's writes may still be under way. When the network is back both share again.
func TestMemberCutOff(t *testing.T) {
	t.Parallel()
	c := broker(t, kfake.SeedTopics(4, "a", "b"))
	cl := producer(t, c)
	sink := newMemory()
	wire := &cable{dial: (&net.Dialer{}).DialContext}
	cfg := config(c, feeds(1, "a", "b"), sink)
	two, _ := start(t, cfg)
	cfg.Kafka.Dial = wire.Dial
	one, _ := start(t, cfg)
	all := func(n int) func() bool {
		return func() bool {
			for p := range int32(4) {
				if !sink.reached("a", p, 1, int64(n)) || !sink.reached("b", p, 1, int64(n)) {
					return false
				}
			}
			return true
		}
	}
	round := func() {
		t.Helper()
		for p := range int32(4) {
			send(t, cl, "a", p, 100)
			send(t, cl, "b", p, 100)
		}
	}
	again := func() { go func() { sink.mu.Lock(); defer sink.mu.Unlock(); sink.tell() }() } // look again
	share := func() bool {
		again()
		return one.running() == 4 && two.running() == 4
	}
	sink.until(t, "an even share", share)
	round()
	sink.until(t, "the first round", all(100))
	wire.pull()
	round()
	sink.until(t, "the other to take over", all(200))
	sink.until(t, "the other to read all, since the cable is cut", func() bool { again(); return two.running() == 8 })
	wire.plug()
	sink.until(t, "an even share again", share)
	round()
	sink.until(t, "the last round", all(300))
	for p := range int32(4) {
		if diff := cmp.Diff(map[entity.Outcome]int64{entity.Claimed: 300}, sink.outcomes(t, "a", p, 1)); diff != "" {
			t.Error(diff)
		}
	}
}
