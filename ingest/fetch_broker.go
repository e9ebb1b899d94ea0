package ingest

import (
	"context"
	"crypto/tls"
	"errors"
	"io"
	"net"
	"time"

	"github.com/segmentio/kafka-go"
	"github.com/segmentio/kafka-go/protocol"
	"github.com/segmentio/kafka-go/protocol/metadata"
	"github.com/segmentio/kafka-go/sasl"
)

// Kafka says how to reach the brokers. The zero value of each optional field means: plain TCP, no TLS, no SASL.
type Kafka struct {
	Brokers  []string // host:port, at least one
	Dial     func(ctx context.Context, network, address string) (net.Conn, error)
	TLS      *tls.Config
	SASL     sasl.Mechanism
	ClientID string // default "wuku"
}

const (
	dialTimeout     = 5 * time.Second
	requestTimeout  = 10 * time.Second // of a request that the broker answers at once
	defaultClientID = "wuku"
)

func (k Kafka) clientID() string {
	if k.ClientID == "" {
		return defaultClientID
	}
	return k.ClientID
}

// Dialer is for the consumer group protocol, which kafka-go speaks over its older connection type.
func (k Kafka) Dialer() *kafka.Dialer {
	return &kafka.Dialer{ClientID: k.clientID(), DialFunc: k.Dial, Timeout: dialTimeout, TLS: k.TLS, SASLMechanism: k.SASL}
}

// Transport pools connections for everything else. topics limits what it asks of the cluster every few seconds to these
// topics' metadata; without any it asks for all. The caller ends with CloseIdleConnections.
func (k Kafka) Transport(topics ...string) *kafka.Transport {
	return &kafka.Transport{ClientID: k.clientID(), Dial: k.Dial, DialTimeout: dialTimeout, TLS: k.TLS, SASL: k.SASL, MetadataTopics: topics}
}

func (k Kafka) addr() net.Addr { return kafka.TCP(k.Brokers...) }

// wire sends requests to brokers of its own choice through kafka-go's pooled, authenticated connections. kafka-go would
// route by metadata that may be 6 seconds old, and its answer to a metadata request comes from the same cache: after a
// leader has moved that is too late, so we keep the leaders ourselves.
type wire struct {
	addr      net.Addr
	transport *kafka.Transport
	clientID  string
}

func newWire(k Kafka) *wire {
	return &wire{addr: k.addr(), transport: k.Transport(TopicRetry), clientID: k.clientID()}
}

func (w *wire) close() { w.transport.CloseIdleConnections() }

// anyBroker asks whichever broker of the configured addresses answers.
const anyBroker = -1

// ask sends one request to one broker and returns its answer.
func (w *wire) ask(ctx context.Context, broker int32, req protocol.Message) (protocol.Message, error) {
	ctx, cancel := context.WithTimeout(ctx, requestTimeout)
	defer cancel()
	d, err := w.roundTrip(ctx, &direct{broker: broker, clientID: w.clientID, req: req})
	if err != nil {
		return nil, err
	}
	return d.(*direct).answer, nil
}

// roundTrip drops kafka-go's pool when it does not know a broker that the cluster names: its own list of brokers may be 6
// seconds old, or, if the cluster could not be reached at first, empty.
func (w *wire) roundTrip(ctx context.Context, req protocol.Message) (protocol.Message, error) {
	answer, err := w.transport.RoundTrip(ctx, w.addr, req)
	if errors.Is(err, kafka.BrokerNotAvailable) {
		w.transport.CloseIdleConnections()
	}
	return answer, err
}

// direct carries a request past kafka-go's routing and caches. kafka-go hands the connection to messages that implement
// protocol.RawExchanger; all else (pool, TLS, SASL, version negotiation) stays its work.
type direct struct {
	broker   int32
	clientID string
	req      protocol.Message
	version  int16
	answer   protocol.Message // inside, since kafka-go acts on some answers that it sees
}

func (d *direct) ApiKey() protocol.ApiKey { return d.req.ApiKey() }

func (d *direct) Broker(protocol.Cluster) (protocol.Broker, error) {
	return protocol.Broker{ID: d.broker}, nil
}

func (d *direct) Required(versions map[protocol.ApiKey]int16) bool {
	d.version = versions[d.req.ApiKey()]
	return true
}

func (d *direct) RawExchange(rw io.ReadWriter) (protocol.Message, error) {
	var err error
	d.answer, err = protocol.RoundTrip(rw, d.version, correlation, d.clientID, d.req)
	return d, err
}

// correlation numbers our requests. One connection carries one request at a time, so a constant is enough to notice an
// answer that is not ours.
const correlation = 0x77756b75

// layout is who leads what, as one broker said at one moment.
type layout struct {
	partitions map[string]int // how many partitions each existing topic has
	leaders    map[place]int32
}

// place is one partition of one topic.
type place struct {
	topic     string
	partition int32
}

// layout asks the cluster for topics. A topic that does not exist is absent from the answer; a partition without a leader
// is absent from leaders.
func (w *wire) layout(ctx context.Context, topics []string) (*layout, error) {
	answer, err := w.ask(ctx, anyBroker, &metadata.Request{TopicNames: topics})
	if err != nil {
		return nil, err
	}
	l := &layout{partitions: map[string]int{}, leaders: map[place]int32{}}
	for _, t := range answer.(*metadata.Response).Topics {
		if t.ErrorCode != 0 {
			if unsure := kafka.Error(t.ErrorCode); unsure.Temporary() && unsure != kafka.UnknownTopicOrPartition {
				return nil, unsure // the topic may well exist: better no answer than a wrong one
			}
			continue
		}
		l.partitions[t.Name] = len(t.Partitions)
		for _, p := range t.Partitions {
			if p.LeaderID >= 0 {
				l.leaders[place{t.Name, p.PartitionIndex}] = p.LeaderID
			}
		}
	}
	return l, nil
}
