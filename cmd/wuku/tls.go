package main

import (
	"crypto/sha256"
	"crypto/tls"
	"crypto/x509"
	"encoding/hex"
	"encoding/json/v2"
	"encoding/pem"
	"errors"
	"fmt"
	"net"
	"os"
	"strings"

	"github.com/spf13/cobra"

	"wuku/serve"
	"wuku/trust"
)

// tlsFlags are how the API is reached over TLS.
type tlsFlags struct {
	tlsCert, tlsKey, clientCA string
	issuer, trustFile         string
	oidc                      serve.OIDC
	oidcSecret, oidcCA        string
}

func (f *tlsFlags) addTLS(cmd *cobra.Command) {
	cmd.Flags().StringVar(&f.tlsCert, "tls-cert", "", "PEM file with the server's certificate: HTTPS instead of HTTP")
	cmd.Flags().StringVar(&f.tlsKey, "tls-key", "", "PEM file with its private key")
	cmd.Flags().StringVar(&f.issuer, "issuer", "", "what this deployment calls itself in presentations of e-certificates, such as jiangsu; default wuku")
	cmd.Flags().StringVar(&f.trustFile, "trust", "", "JSON file with other issuers whose presentations are recognised: [{\"name\":…,\"key\":…}], from their /api/v1/trust/keys")
	cmd.Flags().StringVar(&f.oidc.Issuer, "oidc-issuer", "", "identity provider (OpenID Connect) where people sign in and whose tokens services bring: its address, as in its tokens")
	cmd.Flags().StringVar(&f.oidc.Client, "oidc-client", "", "what this server is called there")
	cmd.Flags().StringVar(&f.oidc.URL, "oidc-url", "", "how people reach this server, such as https://wuku.example: the provider sends them back to its /auth/callback")
	cmd.Flags().StringVar(&f.oidc.Audience, "oidc-audience", "", "audience of services' tokens; default what --oidc-client says")
	cmd.Flags().StringVar(&f.oidc.ACR, "oidc-acr", "", "class of authentication (acr) that people must have passed, such as one with a second factor")
	cmd.Flags().StringVar(&f.oidcSecret, "oidc-secret-file", "", "file with the secret that the provider gave this server")
	cmd.Flags().StringVar(&f.oidcCA, "oidc-ca", "", "PEM file with the authorities of the provider's certificate; default the system's")
	cmd.Flags().StringVar(&f.clientCA, "client-ca", "", "PEM file with the authorities of client certificates: mutual TLS, keys may be bound to certificates")
}

// provider is the identity provider; nil without one.
func (f *tlsFlags) provider() (*serve.OIDC, error) {
	o := f.oidc
	switch {
	case o.Issuer == "" && o.Client == "":
		return nil, nil
	case o.Issuer == "" || o.Client == "" || o.URL == "":
		return nil, errors.New("--oidc-issuer, --oidc-client and --oidc-url go together")
	}
	if f.oidcSecret != "" {
		text, err := os.ReadFile(f.oidcSecret)
		if err != nil {
			return nil, fmt.Errorf("--oidc-secret-file: %w", err)
		}
		o.Secret = strings.TrimSpace(string(text))
	}
	if f.oidcCA != "" {
		text, err := os.ReadFile(f.oidcCA)
		if err != nil {
			return nil, fmt.Errorf("--oidc-ca: %w", err)
		}
		o.Roots = x509.NewCertPool()
		if !o.Roots.AppendCertsFromPEM(text) {
			return nil, fmt.Errorf("--oidc-ca %s: no certificate in it", f.oidcCA)
		}
	}
	return &o, nil
}

// trusted reads the trust list.
func (f *tlsFlags) trusted() (list []trust.TrustedIssuer, err error) {
	if f.trustFile == "" {
		return nil, nil
	}
	text, err := os.ReadFile(f.trustFile)
	if err != nil {
		return nil, fmt.Errorf("--trust: %w", err)
	}
	if err := json.Unmarshal(text, &list); err != nil {
		return nil, fmt.Errorf("--trust %s: want a list of {\"name\", \"key\"}: %w", f.trustFile, err)
	}
	if err := trust.CheckTrusted(list); err != nil {
		return nil, fmt.Errorf("--trust %s: %w", f.trustFile, err)
	}
	return list, nil
}

// encrypt puts TLS over a listener when a certificate is given.
func (f *tlsFlags) encrypt(l net.Listener) (net.Listener, error) {
	if f.tlsCert == "" && f.tlsKey == "" && f.clientCA == "" {
		return l, nil
	}
	if f.tlsCert == "" || f.tlsKey == "" {
		return nil, errors.New("--tls-cert and --tls-key go together, and --client-ca needs them")
	}
	pair, err := tls.LoadX509KeyPair(f.tlsCert, f.tlsKey)
	if err != nil {
		return nil, fmt.Errorf("--tls-cert: %w", err)
	}
	c := &tls.Config{Certificates: []tls.Certificate{pair}, MinVersion: tls.VersionTLS12, NextProtos: []string{"http/1.1"}}
	if f.clientCA != "" {
		text, err := os.ReadFile(f.clientCA)
		if err != nil {
			return nil, fmt.Errorf("--client-ca: %w", err)
		}
		c.ClientCAs = x509.NewCertPool()
		if !c.ClientCAs.AppendCertsFromPEM(text) {
			return nil, fmt.Errorf("--client-ca %s: no certificate in it", f.clientCA)
		}
		c.ClientAuth = tls.VerifyClientCertIfGiven // the console and what is public need none; a key that is bound does
	}
	return tls.NewListener(l, c), nil
}

// fingerprintOf is the SHA-256 of the first certificate in a PEM file, "" for no file.
func fingerprintOf(file string) (string, error) {
	if file == "" {
		return "", nil
	}
	text, err := os.ReadFile(file)
	if err != nil {
		return "", fmt.Errorf("--certificate: %w", err)
	}
	block, _ := pem.Decode(text)
	if block == nil || block.Type != "CERTIFICATE" {
		return "", fmt.Errorf("--certificate %s: no certificate in it", file)
	}
	sum := sha256.Sum256(block.Bytes)
	return hex.EncodeToString(sum[:]), nil
}
