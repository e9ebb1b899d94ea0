package main

import (
	"bytes"
	"context"
	"encoding/json/v2"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"wuku/quality"
)

// register is an authority's register behind HTTP: it answers as our own POST /api/v1/verify/{library} does.
type register struct {
	url, key, purpose, grant string
	client                   http.Client
}

// Verify implements quality.Authoritative. Identifiers and values travel in the body only.
func (r *register) Verify(ctx context.Context, q quality.Question) (string, error) {
	body, err := json.Marshal(map[string]any{"by": map[string]string{"scheme": q.Scheme, "value": q.Identifier}, "values": map[string]string{q.Element: q.Value}, "purpose": r.purpose, "grant": r.grant})
	if err != nil {
		return "", err
	}
	call, err := http.NewRequestWithContext(ctx, http.MethodPost, r.url+"/api/v1/verify/"+url.PathEscape(q.Library), bytes.NewReader(body))
	if err != nil {
		return "", err
	}
	call.Header.Set("Content-Type", "application/json")
	call.Header.Set("Authorization", "Bearer "+r.key)
	res, err := r.client.Do(call)
	if err != nil {
		return "", fmt.Errorf("the authority at %s does not answer: %w", r.url, err)
	}
	defer res.Body.Close()
	text, err := io.ReadAll(io.LimitReader(res.Body, 64<<10))
	switch {
	case err != nil:
		return "", err
	case res.StatusCode == http.StatusNotFound:
		return quality.VerdictUnknown, nil // it has no such record
	case res.StatusCode != http.StatusOK:
		var problem struct {
			Code string `json:"code"`
		}
		if json.Unmarshal(text, &problem) == nil && problem.Code != "" {
			return "", fmt.Errorf("the authority at %s answers %s (%s)", r.url, res.Status, problem.Code)
		}
		return "", fmt.Errorf("the authority at %s answers %s", r.url, res.Status)
	}
	var answer struct {
		Results map[string]string `json:"results"`
	}
	if err := json.Unmarshal(text, &answer); err != nil || answer.Results[q.Element] == "" {
		return "", fmt.Errorf("the authority at %s answers no result for %s", r.url, q.Element)
	}
	return answer.Results[q.Element], nil
}

func truthCommand() *cobra.Command {
	cmd := &cobra.Command{Use: "truth", Short: "真实性核验: hold samples of values against their authority, by verification calls"}
	cmd.AddCommand(truthCheckCommand(), truthListCommand())
	return cmd
}

func truthCheckCommand() *cobra.Command {
	var f flags
	var s quality.Sample
	var element, keyFile string
	var asJSON bool
	var r register
	cmd := &cobra.Command{
		Use:   "check --element LIBRARY.ELEMENT --url URL --api-key-file FILE",
		Short: "ask the authority about a sample; what it says is wrong becomes a finding with a work order",
		Long: "ask the authority's register about a sample of values that others gave. The register answers POST URL/api/v1/verify/{library} as this\n" +
			"program does: the identifier and one value in, match, differs or unknown out. What differs becomes a finding truth.differs with a work\n" +
			"order at whose record gave the value; shares stand in the scorecard as indicator truth.",
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			var ok bool
			if s.Library, s.Element, ok = strings.Cut(element, "."); !ok {
				return fmt.Errorf("--element %q: write LIBRARY.ELEMENT", element)
			}
			u, err := url.Parse(r.url)
			if err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" {
				return fmt.Errorf("--url %q: want http://… or https://…", r.url)
			}
			r.url, r.client.Timeout = strings.TrimSuffix(r.url, "/"), 30*time.Second
			if keyFile == "" {
				return errors.New("--api-key-file: whose key the authority knows")
			}
			key, err := os.ReadFile(keyFile)
			if err != nil {
				return err
			}
			r.key = strings.TrimSpace(string(key))
			if !cmd.Flags().Changed("seed") {
				s.Seed = uint64(time.Now().UnixNano())
			}
			return with(cmd.Context(), f, func(in *instance) error {
				check, err := in.inspector().CheckTruth(cmd.Context(), s, &r)
				if err != nil {
					return err
				}
				if asJSON {
					return printJSON(cmd.OutOrStdout(), check)
				}
				return printTruthChecks(cmd.OutOrStdout(), []quality.TruthCheck{check})
			})
		},
	}
	f.add(cmd)
	p := cmd.Flags()
	p.StringVar(&element, "element", "", "which element, LIBRARY.ELEMENT")
	p.StringVar(&r.url, "url", "", "where the authority's register answers")
	p.StringVar(&keyFile, "api-key-file", "", "file with the key that the register knows us by")
	p.StringVar(&r.purpose, "purpose", "", "purpose that the register wants to be told")
	p.StringVar(&r.grant, "grant", "", "grant that the register wants to be told")
	p.StringVar(&s.Authority, "authority", "", "department whose register it is; default: who answers for the element")
	p.StringVar(&s.Scheme, "by", "", "scheme by which the register finds a record; default: the library's first")
	p.IntVar(&s.N, "n", 100, "how many values, 1 to 2,000")
	p.Uint64Var(&s.Seed, "seed", 0, "draw the same sample again; default: another one each time")
	p.BoolVar(&s.Own, "own", false, "also values that the authority's own feeds gave")
	p.BoolVar(&asJSON, "json", false, "print JSON")
	return cmd
}

func truthListCommand() *cobra.Command {
	var f flags
	var limit int
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "list",
		Short: "samples that were held against their authority",
		Args:  cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return with(cmd.Context(), f, func(in *instance) error {
				list, err := quality.TruthChecks(cmd.Context(), in.store, limit)
				switch {
				case err != nil:
					return err
				case asJSON:
					return printJSON(cmd.OutOrStdout(), map[string]any{"checks": append([]quality.TruthCheck{}, list...)})
				}
				return printTruthChecks(cmd.OutOrStdout(), list)
			})
		},
	}
	f.add(cmd)
	cmd.Flags().IntVar(&limit, "limit", 50, "at most so many")
	cmd.Flags().BoolVar(&asJSON, "json", false, "print JSON")
	return cmd
}

func printTruthChecks(out io.Writer, list []quality.TruthCheck) error {
	w := tabwriter.NewWriter(out, 2, 8, 2, ' ', 0)
	for _, c := range list {
		fmt.Fprintf(w, "%s\t%s.%s\tby %s\t%d match 一致\t%d differ 不一致\t%d unknown 未知\n", inChina(c.At), c.Library, c.Element, c.Authority, c.Match, c.Differs, c.Unknown)
	}
	return w.Flush()
}
