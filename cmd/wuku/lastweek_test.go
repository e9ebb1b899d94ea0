package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/twmb/franz-go/pkg/kgo"
	"github.com/twmb/franz-go/pkg/kmsg"

	"wuku/catalog"
	"wuku/entity"
	"wuku/store"
)

// Attack row 38: the engine comes back as it was a week ago, while the broker went on, and has deleted some of one topic meanwhile. What
// the broker still has is read again; what it has not is a gap in the ledger and an incident that names each offset; nothing is silent.
func TestBackupOfLastWeek(t *testing.T) {
	t.Parallel()
	h, told := newHistory(t, 38), story(t)
	up := func(when string) *process {
		t.Helper()
		p := start(t, nil, h.args...)
		until(t, when, func() error {
			if err := p.alive(); err != nil {
				t.Fatal(err)
			}
			return h.world.settled(t.Context())
		})
		return p
	}
	h.world.publish(t, told[0])
	const topic = "src.police.person"
	p := up("the first load")
	was := h.accounted(topic)
	p.stop(t)
	backup := filepath.Join(t.TempDir(), "backup")
	if err := os.CopyFS(backup, os.DirFS(h.dir)); err != nil {
		t.Fatal(err)
	}
	for _, part := range told[1:] {
		h.world.publish(t, part)
	}
	p = up("the week")
	is := h.accounted(topic)
	p.stop(t)
	var partition int32 = -1
	for at := range was {
		if is[at] > was[at]+1 && (partition < 0 || at < partition) {
			partition = at
		}
	}
	if partition < 0 {
		t.Fatalf("nothing came on %s in the week: %v, %v", topic, was, is)
	}
	first := is[partition] - 1 // all of the week but the last message is gone
	deleteRecords(t, h.world.kafka.Brokers[0], topic, partition, int64(first))
	if err := os.RemoveAll(h.dir); err != nil {
		t.Fatal(err)
	}
	if err := os.CopyFS(h.dir, os.DirFS(backup)); err != nil {
		t.Fatal(err)
	}
	p = up("after the restore")
	im, err := h.world.image(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	want := fmt.Sprintf("from=%d kind=gap partition=%d to=%d topic=%s ", was[partition], partition, first, topic)
	if len(im.incidents) != 1 || !strings.HasSuffix(im.incidents[0], want) {
		t.Errorf("incidents %q, want one of: %s", im.incidents, want)
	}
	if now := h.accounted(topic); fmt.Sprint(now) != fmt.Sprint(is) {
		t.Errorf("%s is accounted for up to %v, want %v", topic, now, is)
	}
	for _, l := range entity.Libraries {
		_, problems, err := h.world.events(t.Context(), l)
		if err != nil || len(problems) > 0 {
			t.Errorf("events of %s: %v %v", l, problems, err)
		}
	}
	if out, err := run(t, "verify", "--data", h.dir); err != nil {
		t.Errorf("%v: %s", err, out)
	}
	p.stop(t)
}

// accounted is up to where a topic's partitions are in the ledger without a hole.
func (h *history) accounted(topic string) map[int32]uint64 {
	h.t.Helper()
	next := map[int32]uint64{}
	until(h.t, "the ledger answers", func() error {
		return h.world.ask(h.t.Context(), func(s *store.Store, c *catalog.Catalog) error {
			positions, err := s.Positions(h.t.Context(), map[string]uint32{topic: c.FeedByTopic(topic).Revision})
			for p, at := range positions[topic] {
				next[p] = uint64(at.Next)
			}
			return err
		})
	})
	return next
}

func deleteRecords(t *testing.T, broker, topic string, partition int32, before int64) {
	t.Helper()
	cl, err := kgo.NewClient(kgo.SeedBrokers(broker))
	if err != nil {
		t.Fatal(err)
	}
	defer cl.Close()
	r := kmsg.NewPtrDeleteRecordsRequest()
	r.Topics = []kmsg.DeleteRecordsRequestTopic{{Topic: topic, Partitions: []kmsg.DeleteRecordsRequestTopicPartition{{Partition: partition, Offset: before}}}}
	answer, err := r.RequestWith(t.Context(), cl)
	if err != nil {
		t.Fatal(err)
	}
	if code := answer.Topics[0].Partitions[0].ErrorCode; code != 0 {
		t.Fatalf("delete records of %s/%d: error %d", topic, partition, code)
	}
}
