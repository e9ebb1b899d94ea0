package main

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net/url"
	"os"
	"strings"

	"github.com/segmentio/kafka-go/sasl"
	"github.com/segmentio/kafka-go/sasl/plain"
	"github.com/segmentio/kafka-go/sasl/scram"
	"github.com/spf13/cobra"

	"wuku/ingest"
)

// kafkaFlags say how to prove to the brokers who we are, and to us who they are.
type kafkaFlags struct {
	user, passwordFile, mechanism string
	tls                           bool
	ca, cert, key                 string
}

func (f *kafkaFlags) add(cmd *cobra.Command) {
	p := cmd.Flags()
	p.StringVar(&f.user, "kafka-user", "", "user name for SASL")
	p.StringVar(&f.passwordFile, "kafka-password-file", "", "file with the user's password, so that it stands in no argument list")
	p.StringVar(&f.mechanism, "kafka-sasl", "scram-sha-512", "plain, scram-sha-256 or scram-sha-512")
	p.BoolVar(&f.tls, "kafka-tls", false, "speak TLS to the brokers; --kafka-ca and --kafka-cert imply it")
	p.StringVar(&f.ca, "kafka-ca", "", "file with the brokers' certificate authorities (PEM) instead of the system's")
	p.StringVar(&f.cert, "kafka-cert", "", "file with our certificate (PEM), for brokers that ask for one (mTLS)")
	p.StringVar(&f.key, "kafka-key", "", "file with the certificate's private key (PEM)")
}

// kafkaOf reads --kafka, host:port,… or a kafka:// URL with credentials, and the flags beside it.
func (f flags) kafkaOf() (ingest.Kafka, error) {
	s := f.secure
	k := ingest.Kafka{Brokers: strings.Split(f.kafka, ",")}
	password := ""
	if strings.Contains(f.kafka, "://") {
		u, err := url.Parse(f.kafka)
		if err != nil || u.Scheme != "kafka" {
			return k, errors.New("--kafka: want host:port,… or kafka://user:password@host:port,…")
		}
		k.Brokers = strings.Split(u.Host, ",")
		if u.User != nil {
			s.user = u.User.Username()
			password, _ = u.User.Password()
		}
		if m := u.Query().Get("sasl"); m != "" {
			s.mechanism = m
		}
		s.tls = s.tls || u.Query().Get("tls") == "true"
	}
	var err error
	if k.SASL, err = s.sasl(password); err != nil {
		return k, err
	}
	k.TLS, err = s.config()
	return k, err
}

func (f kafkaFlags) sasl(password string) (sasl.Mechanism, error) {
	if f.user == "" {
		if f.passwordFile != "" {
			return nil, errors.New("--kafka-password-file without --kafka-user: whose password is it?")
		}
		return nil, nil
	}
	if f.passwordFile != "" {
		b, err := os.ReadFile(f.passwordFile)
		if err != nil {
			return nil, fmt.Errorf("--kafka-password-file: %w", err)
		}
		password = strings.TrimRight(string(b), "\r\n")
	}
	switch f.mechanism {
	case "scram-sha-512", "":
		return scram.Mechanism(scram.SHA512, f.user, password)
	case "scram-sha-256":
		return scram.Mechanism(scram.SHA256, f.user, password)
	case "plain":
		return plain.Mechanism{Username: f.user, Password: password}, nil
	}
	return nil, fmt.Errorf("--kafka-sasl: %s is not known: want plain, scram-sha-256 or scram-sha-512", f.mechanism)
}

// config is nil where no TLS is asked for.
func (f kafkaFlags) config() (*tls.Config, error) {
	if !f.tls && f.ca == "" && f.cert == "" && f.key == "" {
		return nil, nil
	}
	c := &tls.Config{MinVersion: tls.VersionTLS12}
	if f.ca != "" {
		b, err := os.ReadFile(f.ca)
		if err != nil {
			return nil, fmt.Errorf("--kafka-ca: %w", err)
		}
		c.RootCAs = x509.NewCertPool()
		if !c.RootCAs.AppendCertsFromPEM(b) {
			return nil, fmt.Errorf("--kafka-ca: %s holds no certificate in PEM", f.ca)
		}
	}
	if (f.cert == "") != (f.key == "") {
		return nil, errors.New("--kafka-cert and --kafka-key belong together")
	}
	if f.cert != "" {
		pair, err := tls.LoadX509KeyPair(f.cert, f.key)
		if err != nil {
			return nil, fmt.Errorf("--kafka-cert, --kafka-key: %w", err)
		}
		c.Certificates = []tls.Certificate{pair}
	}
	return c, nil
}
