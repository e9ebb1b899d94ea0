package main

import (
	"crypto/tls"
	"fmt"
	"net/url"
	"strings"

	"github.com/segmentio/kafka-go/sasl"
	"github.com/segmentio/kafka-go/sasl/plain"
	"github.com/segmentio/kafka-go/sasl/scram"
	"github.com/spf13/cobra"

	"wuku/ingest"
	"wuku/sql"
	"wuku/store"
)

// flags are what every command that works on an instance takes.
type flags struct {
	data       string
	kafka      string
	clickhouse string
	catalog    string
	key        string
	registry   string
	verbose    bool
}

func (f *flags) add(cmd *cobra.Command) {
	p := cmd.Flags()
	p.StringVar(&f.data, "data", "data", "directory of the instance: engines, keys")
	p.StringVar(&f.kafka, "kafka", "", "brokers instead of the embedded one: host:port,… or kafka://user:password@host:port,…?sasl=scram-sha-512&tls=true")
	p.StringVar(&f.clickhouse, "clickhouse", "", "ClickHouse instead of the embedded engine: clickhouse://user:password@host:port,…?cluster=NAME&replicated=true&secure=true")
	p.StringVar(&f.catalog, "catalog", "", "directory of the catalogue instead of the shipped province")
	p.StringVar(&f.key, "key-file", "", "file with the deployment key (64 hexadecimal digits) instead of DATA/deployment.key")
	p.StringVar(&f.registry, "registry", "", "schema registry for feeds in Avro: http(s)://host:port")
	p.BoolVarP(&f.verbose, "verbose", "v", false, "log what happens")
}

// kafkaOf reads --kafka: host:port,… or a kafka:// URL with credentials.
func kafkaOf(v string) (ingest.Kafka, error) {
	if !strings.Contains(v, "://") {
		return ingest.Kafka{Brokers: strings.Split(v, ",")}, nil
	}
	u, err := url.Parse(v)
	if err != nil || u.Scheme != "kafka" {
		return ingest.Kafka{}, fmt.Errorf("--kafka: want host:port,… or kafka://user:password@host:port,…")
	}
	k := ingest.Kafka{Brokers: strings.Split(u.Host, ",")}
	if u.Query().Get("tls") == "true" {
		k.TLS = &tls.Config{MinVersion: tls.VersionTLS12}
	}
	k.SASL, err = saslOf(u)
	return k, err
}

func saslOf(u *url.URL) (sasl.Mechanism, error) {
	if u.User == nil {
		return nil, nil
	}
	password, _ := u.User.Password()
	switch mechanism := u.Query().Get("sasl"); mechanism {
	case "scram-sha-512", "":
		return scram.Mechanism(scram.SHA512, u.User.Username(), password)
	case "scram-sha-256":
		return scram.Mechanism(scram.SHA256, u.User.Username(), password)
	case "plain":
		return plain.Mechanism{Username: u.User.Username(), Password: password}, nil
	default:
		return nil, fmt.Errorf("--kafka: sasl=%s is not known: want plain, scram-sha-256 or scram-sha-512", mechanism)
	}
}

// clickhouseOf reads --clickhouse.
func clickhouseOf(v string) (store.Options, error) {
	u, err := url.Parse(v)
	if err != nil || u.Scheme != "clickhouse" || u.Host == "" {
		return store.Options{}, fmt.Errorf("--clickhouse: want clickhouse://user:password@host:port,…")
	}
	o := store.Options{Address: strings.Split(u.Host, ","), User: "default"}
	if u.User != nil {
		o.User = u.User.Username()
		o.Password, _ = u.User.Password()
	}
	q := u.Query()
	if q.Get("secure") == "true" {
		o.TLS = &tls.Config{MinVersion: tls.VersionTLS12}
	}
	o.Dialect = sql.Dialect{Cluster: q.Get("cluster"), Replicated: q.Get("replicated") == "true"}
	return o, nil
}
