package ingest

import (
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/segmentio/kafka-go"
	"github.com/segmentio/kafka-go/sasl"
	saslplain "github.com/segmentio/kafka-go/sasl/plain"
	"github.com/segmentio/kafka-go/sasl/scram"
	"github.com/twmb/franz-go/pkg/kfake"

	"wuku/entity"
)

func publisher(t *testing.T, k Kafka) *Publisher {
	t.Helper()
	p := NewPublisher(k, kafka.Lz4)
	t.Cleanup(func() {
		if err := p.Close(); err != nil {
			t.Error(err)
		}
	})
	return p
}

func TestEnsureTopics(t *testing.T) {
	t.Parallel()
	c := broker(t, kfake.NumBrokers(3), kfake.SeedTopics(5, "there"))
	p := publisher(t, Kafka{Brokers: c.ListenAddrs()})
	topics := []Topic{{Name: "there", Partitions: 2}, {Name: "new", Partitions: 3, Config: map[string]string{"retention.ms": "1000"}},
		{Name: "kept", Config: map[string]string{"cleanup.policy": "compact"}}}
	for range 2 { // the second time everything is there
		if err := p.EnsureTopics(t.Context(), topics); err != nil {
			t.Fatal(err)
		}
	}
	type made struct {
		partitions int
		policy     string
	}
	got := map[string]made{}
	for _, topic := range topics {
		info := c.TopicInfo(topic.Name)
		m := made{partitions: len(c.PartitionInfos(topic.Name))}
		if v := info.Configs["cleanup.policy"]; v != nil {
			m.policy = *v
		}
		got[topic.Name] = m
	}
	want := map[string]made{"there": {5, ""}, "new": {3, "delete"}, "kept": {1, "compact"}}
	if diff := cmp.Diff(want, got, cmp.AllowUnexported(made{})); diff != "" {
		t.Error(diff)
	}
	if err := p.EnsureTopics(t.Context(), []Topic{{Name: "many", Partitions: 1, Replication: 5}}); err == nil {
		t.Error("a topic with more copies than brokers was made")
	}
}

// The whole way, published and consumed, over each kind of wall.
func TestSecuredBrokers(t *testing.T) {
	t.Parallel()
	server := httptest.NewUnstartedServer(nil)
	server.StartTLS() // only for its certificate
	t.Cleanup(server.Close)
	roots := x509.NewCertPool()
	roots.AddCert(server.Certificate())
	certified := &tls.Config{Certificates: server.TLS.Certificates}
	trusting := &tls.Config{RootCAs: roots, ServerName: "example.com"}
	scram512, err := scram.Mechanism(scram.SHA512, "dept", "secret")
	if err != nil {
		t.Fatal(err)
	}
	for _, tc := range []struct {
		name string
		opts []kfake.Opt
		sasl sasl.Mechanism
		tls  *tls.Config
	}{
		{"SASL PLAIN", []kfake.Opt{kfake.EnableSASL(), kfake.Superuser("PLAIN", "dept", "secret")}, saslplain.Mechanism{Username: "dept", Password: "secret"}, nil},
		{"SASL SCRAM", []kfake.Opt{kfake.EnableSASL(), kfake.Superuser("SCRAM-SHA-512", "dept", "secret")}, scram512, nil},
		{"TLS", []kfake.Opt{kfake.TLS(certified)}, nil, trusting},
		{"TLS and SASL", []kfake.Opt{kfake.TLS(certified), kfake.EnableSASL(), kfake.Superuser("PLAIN", "dept", "secret")},
			saslplain.Mechanism{Username: "dept", Password: "secret"}, trusting},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			c := broker(t, append(tc.opts, kfake.SeedTopics(1, "a"))...)
			sink := newMemory()
			cfg := config(c, feeds(1, "a"), sink)
			cfg.Kafka.SASL, cfg.Kafka.TLS = tc.sasl, tc.tls
			p := publisher(t, cfg.Kafka)
			var messages []kafka.Message
			for i := range 100 {
				messages = append(messages, kafka.Message{Topic: "a", Key: fmt.Append(nil, i), Value: []byte("v"), Time: time.Unix(int64(i), 0)})
			}
			if err := p.Publish(t.Context(), messages...); err != nil {
				t.Fatal(err)
			}
			_, stop := start(t, cfg)
			sink.until(t, "the messages", func() bool { return sink.reached("a", 0, 1, 100) })
			stop()
			if diff := cmp.Diff(map[entity.Outcome]int64{entity.Claimed: 100}, sink.outcomes(t, "a", 0, 1)); diff != "" {
				t.Error(diff)
			}
		})
	}
}
