package engine

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime/debug"
	"strconv"
	"sync"

	"github.com/twmb/franz-go/pkg/kfake"
)

// BrokerConfig says how to start the embedded broker.
type BrokerConfig struct {
	// Dir keeps topics, records, configurations and group offsets over restarts; it is made when missing (mode 0700). ""
	// keeps everything in memory only.
	Dir string
	// Port is the loopback port; 0 picks a free one.
	Port int
	// Partitions is how many a topic gets that is created without saying so; 0 means 6.
	Partitions int
	// Sync makes each acknowledged batch survive a power cut (an fsync a batch, 4-6 ms on an ordinary disk); without it an
	// acknowledged batch survives the death of the process, not of the machine.
	Sync bool
	// Topics are created, with Partitions partitions, when they do not exist yet.
	Topics []string
	// AutoCreate creates a topic that a producer or a consumer asks for. Off, an unknown topic is an error, as on a
	// departmental broker.
	AutoCreate bool
}

// Broker is a one-node broker that speaks the Kafka protocol, in this process.
type Broker struct {
	cluster *kfake.Cluster
	lock    *os.File // nil without Dir
	close   sync.Once
	err     error
}

// StartBroker starts the embedded broker and returns when it accepts connections.
func StartBroker(cfg BrokerConfig) (*Broker, error) {
	b := &Broker{}
	opts := options(cfg)
	if cfg.Dir != "" {
		dir, err := filepath.Abs(cfg.Dir)
		if err != nil {
			return nil, fmt.Errorf("engine: broker: %w", err)
		}
		if err := os.MkdirAll(dir, 0o700); err != nil {
			return nil, fmt.Errorf("engine: broker: %w", err)
		}
		if b.lock, err = lockDir(dir); err != nil {
			return nil, err
		}
		opts = append(opts, kfake.DataDir(filepath.Join(dir, "data")))
	}
	var err error
	if b.cluster, err = kfake.NewCluster(opts...); err != nil {
		return nil, errors.Join(fmt.Errorf("engine: broker: %w", err), b.unlock())
	}
	// Reopening reads every segment through memory; what that needed goes back to the system now.
	debug.FreeOSMemory()
	return b, nil
}

// segmentBytes is small because the broker reads a whole segment at once when it starts again.
const segmentBytes = 16 << 20

// options turns the configuration into the broker's own, without the directory.
func options(cfg BrokerConfig) []kfake.Opt {
	partitions := cfg.Partitions
	if partitions == 0 {
		partitions = 6
	}
	opts := []kfake.Opt{
		kfake.NumBrokers(1),
		kfake.Ports(cfg.Port),
		kfake.DefaultNumPartitions(partitions),
		kfake.SeedTopics(int32(partitions), cfg.Topics...),
		kfake.BrokerConfigs(map[string]string{
			"log.segment.bytes": strconv.Itoa(segmentBytes),
			// A topic is kept for ever, so that it can be read again, unless its own retention.ms says otherwise.
			"log.retention.ms": "-1",
			// Ten years: a deployment that stood still for a week must not lose its place.
			"offsets.retention.minutes": strconv.Itoa(10 * 365 * 24 * 60),
		}),
	}
	if cfg.AutoCreate {
		opts = append(opts, kfake.AllowAutoTopicCreation())
	}
	if cfg.Sync {
		opts = append(opts, kfake.SyncWrites())
	}
	return opts
}

// Address is the broker's host:port.
func (b *Broker) Address() string { return b.cluster.ListenAddrs()[0] }

// Close writes what is still to be written and stops the broker. It may be called again.
func (b *Broker) Close() error {
	b.close.Do(func() {
		b.cluster.Close()
		b.err = b.unlock()
	})
	return b.err
}

func (b *Broker) unlock() error {
	if b.lock == nil {
		return nil
	}
	return b.lock.Close()
}
