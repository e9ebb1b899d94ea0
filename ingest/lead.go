package ingest

import (
	"context"
	"fmt"
	"log/slog"
	"time"

	"github.com/segmentio/kafka-go"
)

// How soon a member of a leading group that says nothing is taken for dead. A rebalance lasts until its session has ended; whoever
// joins must wait for longer than that, or each attempt leaves a member behind that never answers.
const (
	leadSession   = 10 * time.Second
	leadHeartbeat = 2 * time.Second
	leadRebalance = 30 * time.Second
)

// Lead calls work whenever this process is the one, of all that call Lead with the same name, that should do it: the processes
// are a consumer group of one partition, whose holder leads and whose other members stand by. The context that work gets ends when
// the lead is lost. A leader that was only stopped may go on for a moment beside the new one, so that whatever work writes
// must be fenced besides (see Fence). role, if not nil, is told after each joining whether this process leads. Lead returns when ctx ends or work ends by itself, with its error.
func Lead(ctx context.Context, k Kafka, name string, log *slog.Logger, role func(leads bool), work func(context.Context) error) error {
	id := "wuku-lead-" + name
	group, err := kafka.NewConsumerGroup(kafka.ConsumerGroupConfig{
		ID: id, Brokers: k.Brokers, Dialer: k.Dialer(), Topics: []string{TopicOwner},
		HeartbeatInterval: leadHeartbeat, SessionTimeout: leadSession, RebalanceTimeout: leadRebalance,
		JoinGroupBackoff: time.Second, StartOffset: kafka.FirstOffset,
	})
	if err != nil {
		return fmt.Errorf("lead %s: %w", name, err)
	}
	defer leave(group, id, log)
	inner, fail := context.WithCancelCause(ctx)
	defer fail(nil)
	for {
		gen, err := group.Next(inner)
		if inner.Err() != nil {
			return context.Cause(inner)
		}
		if err != nil {
			log.Warn("join the group that leads; trying again", "name", name, "error", err)
			continue // kafka-go pauses
		}
		leads := len(gen.Assignments[TopicOwner]) > 0
		if role != nil {
			role(leads)
		}
		if !leads {
			log.Info("standing by: another process leads", "name", name)
			continue
		}
		gen.Start(func(mine context.Context) {
			mine, stop := context.WithCancel(mine)
			defer stop()
			defer context.AfterFunc(inner, stop)()
			err := work(mine)
			switch {
			case inner.Err() != nil:
			case mine.Err() != nil:
				log.Warn("fenced: the lead may go to another process", "name", name)
			default:
				fail(fmt.Errorf("lead %s: work ended: %w", name, err))
			}
		})
	}
}
