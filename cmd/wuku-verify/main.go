// Command wuku-verify checks a value certificate offline: it needs the certificate and the public key of the audit log, nothing of
// the system and no network. It says what the certificate proves, or what is wrong with it.
//
//	wuku-verify -key VERIFIER-FILE CERTIFICATE…
//
// Exit code 0: every certificate holds. 1: one does not. 2: it was called wrongly.
package main

import (
	"flag"
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"wuku/trust"
)

func main() { os.Exit(run(os.Args[1:], os.Stdout, os.Stderr)) }

func run(args []string, out, errs io.Writer) int {
	set := flag.NewFlagSet("wuku-verify", flag.ContinueOnError)
	set.SetOutput(errs)
	key := set.String("key", "", "file with the audit log's public key (DATA/audit/verifier, GET /api/v1/trust/keys), from a source that you trust")
	quiet := set.Bool("q", false, "print nothing of a certificate that holds: the value may be personal")
	if set.Parse(args) != nil {
		return 2
	}
	if *key == "" || set.NArg() == 0 {
		fmt.Fprintln(errs, "usage: wuku-verify -key VERIFIER-FILE CERTIFICATE…")
		return 2
	}
	verifier, err := os.ReadFile(*key)
	if err != nil {
		fmt.Fprintln(errs, "wuku-verify:", err)
		return 2
	}
	code := 0
	for _, name := range set.Args() {
		text, err := os.ReadFile(name)
		if err != nil {
			fmt.Fprintln(errs, "wuku-verify:", err)
			return 2
		}
		s, err := trust.VerifyCertificate(text, strings.TrimSpace(string(verifier)))
		if err != nil {
			fmt.Fprintf(errs, "%s: DOES NOT HOLD 无效: %v\n", name, err)
			code = 1
			continue
		}
		if !*quiet {
			tell(out, name, s)
		}
	}
	return code
}

// tell says what a certificate proves.
func tell(out io.Writer, name string, s *trust.Statement) {
	value := "(masked)"
	if s.Value != nil {
		value = *s.Value
	}
	fmt.Fprintf(out, "%s: holds 有效\n  %s of %s %s: %s\n", name, s.Element, s.Library, s.Entity, value)
	w := &s.Winner
	fmt.Fprintf(out, "  said by %s (%s), rank %d, event %s, message %s/%d@%d\n", w.Feed, w.Department, w.Rank, w.EventTime.Format(time.RFC3339), w.Topic, w.Partition, w.Offset)
	fmt.Fprintf(out, "  rule: catalogue revision %d, authority %v\n", s.Rule.Revision, s.Rule.Authority)
	for _, l := range s.Losers {
		fmt.Fprintf(out, "  against %s, event %s: lost by %s\n", l.Feed, l.EventTime.Format(time.RFC3339), l.Reason)
	}
	fmt.Fprintf(out, "  issued %s to %s under %s for %s\n", s.Issued.Format(time.RFC3339), s.Client, s.Grant, s.Purpose)
}
