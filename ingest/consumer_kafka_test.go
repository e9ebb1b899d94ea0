package ingest

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/twmb/franz-go/pkg/kgo"

	"wuku/catalog"
	"wuku/engine/enginetest"
	"wuku/entity"
)

// Against Apache Kafka: transactions, a second member that comes, a member that goes, and the broker killed and restarted while
// messages are written. Whatever the producers were told is written has its row, and every offset is accounted for.
func TestConsumerOnApacheKafka(t *testing.T) {
	t.Parallel()
	k := enginetest.Kafka(t)
	const partitions = 4
	enginetest.CreateTopic(t, k.Address, "src.d.a", partitions)
	enginetest.CreateTopic(t, k.Address, "src.d.b", 1)
	cl := realProducer(t, k)
	sink := newMemory()
	cat := feeds(1, "src.d.a", "src.d.b")
	cfg := Config{Kafka: Kafka{Brokers: strings.Split(k.Address, ",")}, Catalog: func() *catalog.Catalog { return cat }, Sink: sink, Mapper: plainMapper,
		Flush: 5 * time.Millisecond, Watch: 200 * time.Millisecond, Session: 6 * time.Second, Heartbeat: 200 * time.Millisecond, Backoff: 50 * time.Millisecond}
	acked := map[int32]int{}
	round := func() {
		t.Helper()
		for p := range int32(partitions) {
			send(t, cl, "src.d.a", p, 500)
			acked[p] += 500
		}
	}
	arrived := func() bool {
		for p := range int32(partitions) {
			if sink.messages("src.d.a", p) < acked[p] {
				return false
			}
		}
		return true
	}

	start(t, cfg)
	round()
	sink.until(t, "the first round", arrived)

	for i, end := range []kgo.TransactionEndTry{kgo.TryAbort, kgo.TryCommit} {
		tx := realProducer(t, k, kgo.TransactionalID(fmt.Sprint("tx", i)))
		if err := tx.BeginTransaction(); err != nil {
			t.Fatal(err)
		}
		send(t, tx, "src.d.b", 0, 100)
		if err := tx.EndTransaction(context.Background(), end); err != nil {
			t.Fatal(err)
		}
	}
	sink.until(t, "both transactions and their markers", func() bool { return sink.reached("src.d.b", 0, 1, 202) })

	_, stopTwo := start(t, cfg)
	round()
	sink.until(t, "the round with two members", arrived)
	go stopTwo()
	k.Kill()
	k.Restart()
	round()
	sink.until(t, "the round after the broker was killed", arrived)

	want := map[entity.Outcome]int64{entity.Claimed: 100, entity.Aborted: 100, entity.Control: 2}
	if got := sink.outcomes(t, "src.d.b", 0, 1); got[entity.Claimed] != want[entity.Claimed] || got[entity.Aborted] != want[entity.Aborted] || got[entity.Control] != want[entity.Control] {
		t.Errorf("outcomes %v, want %v", got, want)
	}
	for p := range int32(partitions) {
		sink.outcomes(t, "src.d.a", p, 1) // fails on a hole
	}
	if k := sink.kinds(); k != nil {
		t.Errorf("incidents %v, want none", k)
	}
}

func realProducer(t *testing.T, k *enginetest.KafkaServer, opts ...kgo.Opt) *kgo.Client {
	t.Helper()
	cl, err := kgo.NewClient(append([]kgo.Opt{kgo.SeedBrokers(strings.Split(k.Address, ",")...), kgo.RecordPartitioner(kgo.ManualPartitioner())}, opts...)...)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(cl.Close)
	return cl
}

// messages counts a partition's messages in the ledger. The sink is locked.
func (s *memory) messages(topic string, partition int32) int {
	n := 0
	for _, r := range s.rows[ledgerKey{place{topic, partition}, 1}] {
		if r.outcome == entity.Claimed {
			n++
		}
	}
	return n
}
