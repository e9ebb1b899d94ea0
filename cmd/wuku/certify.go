package main

import (
	"bufio"
	"bytes"
	"encoding/json/v2"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"wuku/serve"
)

// callTimeout bounds a call of the running instance's API.
const callTimeout = 30 * time.Second

func certifyCommand() *cobra.Command {
	var a acting
	var body serve.CertifyBody
	var out string
	cmd := &cobra.Command{
		Use:   "certify",
		Short: "a certificate of one value 值证书 that wuku-verify checks offline; the identifier comes on standard input",
		Long: "a certificate of one value: winning message, rule, losing claims with reasons, Merkle path to a signed root.\n\n" +
			"The running instance makes it, under a grant, on the record. The identifier is read from standard input.",
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			line, err := bufio.NewReader(cmd.InOrStdin()).ReadString('\n')
			if err != nil && !errors.Is(err, io.EOF) {
				return err
			}
			body.By.Value = strings.TrimSpace(line)
			in := &instance{flags: a.flags}
			key, err := a.key(cmd.InOrStdin(), in)
			if err != nil {
				return err
			}
			text, err := in.post(cmd, "/api/v1/certificates/value", key, body)
			if err != nil {
				return err
			}
			if out == "-" {
				_, err = cmd.OutOrStdout().Write(append(text, '\n'))
				return err
			}
			if err := os.WriteFile(out, text, 0o600); err != nil {
				return err
			}
			say("%s: check it anywhere with wuku-verify -key %s %s", out, in.path("audit", "verifier"), out)
			return nil
		},
	}
	a.add(cmd)
	p := cmd.Flags()
	p.StringVar(&body.By.Scheme, "by", "citizen", "identifier scheme (citizen, uscc, …)")
	p.StringVar(&body.Library, "library", "person", "library")
	p.StringVar(&body.Element, "element", "name", "element")
	p.StringVar(&body.Purpose, "purpose", "", "one of the grant's purposes")
	p.StringVar(&body.Grant, "grant", "", "which grant, where several fit")
	p.StringVar(&body.Case, "case", "", "number of the case")
	p.StringVar(&out, "out", "-", "file to write; - prints it")
	return cmd
}

// post calls the running instance's API.
func (in *instance) post(cmd *cobra.Command, path, key string, body any) ([]byte, error) {
	r, err := in.readRunning()
	if err != nil {
		return nil, err
	}
	text, err := json.Marshal(body)
	if err != nil {
		return nil, err
	}
	request, err := http.NewRequestWithContext(cmd.Context(), http.MethodPost, "http://"+r.HTTP+path, bytes.NewReader(text))
	if err != nil {
		return nil, err
	}
	request.Header.Set("Authorization", "Bearer "+key)
	request.Header.Set("Content-Type", "application/json")
	client := http.Client{Timeout: callTimeout}
	answer, err := client.Do(request)
	if err != nil {
		return nil, err
	}
	defer answer.Body.Close()
	got, err := io.ReadAll(io.LimitReader(answer.Body, 64<<20))
	if err != nil {
		return nil, err
	}
	if answer.StatusCode >= http.StatusBadRequest {
		var p serve.Problem
		if json.Unmarshal(got, &p) != nil {
			return nil, fmt.Errorf("%s answers %d", path, answer.StatusCode)
		}
		return nil, fmt.Errorf("%s %s (%s)", p.Title, p.Detail, p.Code)
	}
	return got, nil
}
