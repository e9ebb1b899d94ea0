package main

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/pbkdf2"
	"crypto/rand"
	"crypto/sha256"
	"crypto/sha512"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"fmt"
	"math/big"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/segmentio/kafka-go"

	"wuku/engine/enginetest"
	"wuku/ingest"
)

// authority signs certificates for one test and keeps them as PEM files.
type authority struct {
	t    *testing.T
	dir  string
	cert *x509.Certificate
	key  *ecdsa.PrivateKey
}

func newAuthority(t *testing.T) *authority {
	a := &authority{t: t, dir: t.TempDir()}
	a.cert, a.key = a.sign("test authority", nil)
	return a
}

func (a *authority) sign(name string, edit func(*x509.Certificate)) (*x509.Certificate, *ecdsa.PrivateKey) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		a.t.Fatal(err)
	}
	c := &x509.Certificate{SerialNumber: big.NewInt(time.Now().UnixNano()), Subject: pkix.Name{CommonName: name}, NotBefore: time.Now().Add(-time.Hour),
		NotAfter: time.Now().Add(time.Hour), BasicConstraintsValid: true, IsCA: edit == nil, KeyUsage: x509.KeyUsageDigitalSignature | x509.KeyUsageCertSign,
		DNSNames: []string{"localhost"}, IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)}}
	parent, signer := c, key
	if edit != nil {
		edit(c)
		parent, signer = a.cert, a.key
	}
	der, err := x509.CreateCertificate(rand.Reader, c, parent, &key.PublicKey, signer)
	if err != nil {
		a.t.Fatal(err)
	}
	c, err = x509.ParseCertificate(der)
	if err != nil {
		a.t.Fatal(err)
	}
	raw, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		a.t.Fatal(err)
	}
	cert := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})
	private := pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: raw})
	for file, b := range map[string][]byte{".crt": cert, ".key": private, ".pem": append(private[:len(private):len(private)], cert...)} {
		if err := os.WriteFile(filepath.Join(a.dir, name+file), b, 0o600); err != nil {
			a.t.Fatal(err)
		}
	}
	return c, key
}

func (a *authority) file(name string) string { return filepath.Join(a.dir, name) }

// secureKafka is Apache Kafka with an authorizer and three doors: SASL without TLS, SASL over TLS, and certificates.
func secureKafka(t *testing.T, a *authority) *enginetest.KafkaServer {
	a.sign("broker", func(c *x509.Certificate) { c.ExtKeyUsage = []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth} })
	users := ""
	for _, u := range []string{"admin", "wuku", "police", "civil"} {
		users += fmt.Sprintf(" user_%s=%q", u, u+"-secret")
	}
	plain := `org.apache.kafka.common.security.plain.PlainLoginModule required username="admin" password="admin-secret"` + users + ";"
	scram := "org.apache.kafka.common.security.scram.ScramLoginModule required;"
	settings := []string{
		"listeners=PLAINTEXT://127.0.0.1:{port},CONTROLLER://127.0.0.1:{controller},TLS://127.0.0.1:{tls},MTLS://127.0.0.1:{mtls}",
		"advertised.listeners=PLAINTEXT://127.0.0.1:{port},TLS://127.0.0.1:{tls},MTLS://127.0.0.1:{mtls}",
		"listener.security.protocol.map=PLAINTEXT:SASL_PLAINTEXT,CONTROLLER:PLAINTEXT,TLS:SASL_SSL,MTLS:SSL",
		"inter.broker.listener.name=PLAINTEXT", "sasl.mechanism.inter.broker.protocol=PLAIN", "sasl.enabled.mechanisms=PLAIN,SCRAM-SHA-256,SCRAM-SHA-512",
		"authorizer.class.name=org.apache.kafka.metadata.authorizer.StandardAuthorizer", "allow.everyone.if.no.acl.found=false",
		"super.users=User:admin;User:ANONYMOUS", "auto.create.topics.enable=false",
		"ssl.keystore.type=PEM", "ssl.keystore.location=" + a.file("broker.pem"), "ssl.truststore.type=PEM", "ssl.truststore.location=" + a.file("test authority.crt"),
		"listener.name.mtls.ssl.client.auth=required", "ssl.principal.mapping.rules=RULE:^CN=([^,]+).*$/$1/,DEFAULT",
	}
	for _, l := range []string{"plaintext", "tls"} {
		settings = append(settings, "listener.name."+l+".plain.sasl.jaas.config="+plain, "listener.name."+l+".scram-sha-256.sasl.jaas.config="+scram, "listener.name."+l+".scram-sha-512.sasl.jaas.config="+scram)
	}
	return enginetest.Kafka(t, settings...)
}

// TestBrokerSecurity: by what `wuku catalog acl` writes, a department cannot write another's topic, by whichever door it comes in.
func TestBrokerSecurity(t *testing.T) {
	t.Parallel()
	a := newAuthority(t)
	for _, user := range []string{"police", "civil"} {
		a.sign(user, func(c *x509.Certificate) { c.ExtKeyUsage = []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth} })
	}
	k := secureKafka(t, a)
	for _, u := range []string{"admin", "wuku", "police", "civil"} {
		if err := os.WriteFile(a.file(u+".password"), []byte(u+"-secret\n"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	door := func(port int, user, mechanism string, tls bool) flags {
		f := flags{kafka: fmt.Sprintf("127.0.0.1:%d", port), secure: kafkaFlags{user: user, mechanism: mechanism}}
		if user != "" {
			f.secure.passwordFile = a.file(user + ".password")
		}
		if tls {
			f.secure.ca = a.file("test authority.crt")
		}
		return f
	}
	host := strings.Split(k.Address, ":")
	port := 0
	if _, err := fmt.Sscan(host[1], &port); err != nil {
		t.Fatal(err)
	}
	admin := door(port, "admin", "plain", false)
	scramUsers(t, admin, "police", "civil")
	if out, err := run(t, "catalog", "acl", "--apply", "--kafka", admin.kafka, "--kafka-user", "admin", "--kafka-sasl", "plain", "--kafka-password-file", a.file("admin.password")); err != nil || !strings.Contains(out, "in force") {
		t.Fatalf("%v: %s", err, out)
	}
	if err := withPublisher(t, door(port, "wuku", "plain", false), func(p *ingest.Publisher) error {
		return p.EnsureTopics(t.Context(), []ingest.Topic{{Name: "src.police.person", Partitions: 1, Config: keep}, {Name: "src.civil.marriage", Partitions: 1, Config: keep}, {Name: "wuku.retry", Partitions: 1}})
	}); err != nil {
		t.Fatalf("wuku cannot make its topics: %v", err)
	}
	mtls := func(user string) flags {
		f := door(k.Port(enginetest.MTLS), "", "", true)
		f.secure.cert, f.secure.key = a.file(user+".crt"), a.file(user+".key")
		return f
	}
	doors := map[string]func(user string) flags{
		"plain":              func(u string) flags { return door(port, u, "plain", false) },
		"scram 256":          func(u string) flags { return door(port, u, "scram-sha-256", false) },
		"scram 512 over TLS": func(u string) flags { return door(k.Port(enginetest.TLS), u, "scram-sha-512", true) },
		"certificate":        mtls,
	}
	for name, f := range doors {
		t.Run(name, func(t *testing.T) {
			for _, test := range []struct {
				user, topic string
				may         bool
			}{
				{"police", "src.police.person", true}, {"police", "src.civil.marriage", false}, {"civil", "src.civil.marriage", true},
				{"civil", "src.police.person", false}, {"police", "wuku.retry", false},
			} {
				err := write(t, f(test.user), test.topic)
				if (err == nil) != test.may {
					t.Errorf("%s writes to %s: %v, may: %v", test.user, test.topic, err, test.may)
				}
			}
		})
	}
	for name, f := range map[string]flags{"no password": door(port, "", "", false), "no certificate": door(k.Port(enginetest.MTLS), "", "", true),
		"an authority that is not ours": {kafka: fmt.Sprintf("127.0.0.1:%d", k.Port(enginetest.TLS)), secure: kafkaFlags{tls: true, user: "police", mechanism: "plain", passwordFile: a.file("police.password")}}} {
		if err := write(t, f, "src.police.person"); err == nil {
			t.Errorf("%s: was let in", name)
		}
	}
}

// scramUsers gives users their SCRAM passwords.
func scramUsers(t *testing.T, admin flags, users ...string) {
	k, err := admin.kafkaOf()
	if err != nil {
		t.Fatal(err)
	}
	transport := k.Transport()
	t.Cleanup(transport.CloseIdleConnections)
	client := &kafka.Client{Addr: kafka.TCP(k.Brokers...), Transport: transport, Timeout: 10 * time.Second}
	for _, m := range []kafka.ScramMechanism{kafka.ScramMechanismSha256, kafka.ScramMechanismSha512} { // a request may not name a user twice
		req := &kafka.AlterUserScramCredentialsRequest{}
		for _, u := range users {
			salt := []byte("0123456789abcdef")
			req.Upsertions = append(req.Upsertions, kafka.UserScramCredentialsUpsertion{Name: u, Mechanism: m, Iterations: 4096, Salt: salt, SaltedPassword: salted(m, u+"-secret", salt)})
		}
		answer, err := client.AlterUserScramCredentials(t.Context(), req)
		if err != nil {
			t.Fatal(err)
		}
		for _, r := range answer.Results {
			if r.Error != nil {
				t.Fatal(r.Error)
			}
		}
	}
}

// salted is RFC 5802's SaltedPassword.
func salted(m kafka.ScramMechanism, password string, salt []byte) []byte {
	hash, size := sha256.New, sha256.Size
	if m == kafka.ScramMechanismSha512 {
		hash, size = sha512.New, sha512.Size
	}
	b, err := pbkdf2.Key(hash, password, salt, 4096, size)
	if err != nil {
		panic(err) // the arguments are constants
	}
	return b
}

func withPublisher(t *testing.T, f flags, do func(*ingest.Publisher) error) error {
	k, err := f.kafkaOf()
	if err != nil {
		t.Fatal(err)
	}
	p := ingest.NewPublisher(k, 0)
	defer func() {
		if err := p.Close(); err != nil {
			t.Error(err)
		}
	}()
	return do(p)
}

// write sends one message as a producer of our own kind, once.
func write(t *testing.T, f flags, topic string) error {
	k, err := f.kafkaOf()
	if err != nil {
		t.Fatal(err)
	}
	transport := k.Transport()
	defer transport.CloseIdleConnections()
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
	defer cancel()
	w := &kafka.Writer{Addr: kafka.TCP(k.Brokers...), Topic: topic, Transport: transport, MaxAttempts: 1, RequiredAcks: kafka.RequireAll}
	err = w.WriteMessages(ctx, kafka.Message{Value: []byte("{}")})
	if e := w.Close(); e != nil {
		t.Error(e)
	}
	return err
}
