package main

import (
	"crypto/tls"
	"fmt"
	"net/url"
	"strings"

	"github.com/spf13/cobra"

	"wuku/sql"
	"wuku/store"
	"wuku/trust"
)

// flags are what every command that works on an instance takes.
type flags struct {
	data       string
	kafka      string
	clickhouse string
	catalog    string
	key        string
	registry   string
	crypto     string
	secure     kafkaFlags
	verbose    bool
	metrics    string // of processes that serve nothing else
	form       string // of the log
}

func (f *flags) add(cmd *cobra.Command) {
	p := cmd.Flags()
	p.StringVar(&f.data, "data", "data", "directory of the instance: engines, keys")
	p.StringVar(&f.kafka, "kafka", "", "brokers instead of the embedded one: host:port,… (see --kafka-user, --kafka-ca), or kafka://user:password@host:port,…?sasl=scram-sha-512&tls=true")
	p.StringVar(&f.clickhouse, "clickhouse", "", "ClickHouse instead of the embedded engine: clickhouse://user:password@host:port,…?cluster=NAME&replicated=true&secure=true")
	p.StringVar(&f.catalog, "catalog", "", "directory of the catalogue instead of the shipped province")
	p.StringVar(&f.key, "key-file", "", "file with the deployment key (64 hexadecimal digits) instead of DATA/deployment.key")
	p.StringVar(&f.crypto, "crypto", "", "sm: keep secrets and sign presentations by SM2, SM3 and SM4 商用密码 instead of Ed25519, SHA-256 and AES; what was made before is still read")
	f.secure.add(cmd)
	p.StringVar(&f.registry, "registry", "", "schema registry for feeds in Avro: http(s)://host:port")
	p.BoolVarP(&f.verbose, "verbose", "v", false, "log what happens")
	p.StringVar(&f.form, "log", "text", "text: what is said to people as sentences, else JSON lines; json: JSON lines only")
}

// profile is which algorithms keep secrets.
func (f *flags) profile() trust.Profile { return trust.Profile(f.crypto) }

func (f *flags) addMetrics(cmd *cobra.Command) {
	cmd.Flags().StringVar(&f.metrics, "metrics", "", "address for /metrics and /healthz, for example 127.0.0.1:9464; not served when empty")
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
