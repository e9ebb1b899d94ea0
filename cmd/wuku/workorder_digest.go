package main

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json/v2"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"mime"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"wuku/quality"
	"wuku/serve"
)

// digest is what a department is told of at once: its orders that were opened since the last time. 工单摘要
type digest struct {
	Department string            `json:"department"`
	Since      time.Time         `json:"since"`
	Until      time.Time         `json:"until"`
	Orders     []serve.WorkOrder `json:"orders"` // without records' keys: a webhook or a mail may be read by others
}

// digesting is one run of `wuku workorder digest`.
type digesting struct {
	flags
	department, mail, webhook, secret, since string
}

func orderDigestCommand() *cobra.Command {
	var d digesting
	cmd := &cobra.Command{
		Use:   "digest",
		Short: "what is new since the last digest, by department: as mail files (--mail DIR), to a webhook (--webhook URL), or printed 工单摘要",
		Long: "what is new since the last digest, by department: as mail files (--mail DIR), to a webhook (--webhook URL), or printed as JSON.\n\n" +
			"Made for a timer. DATA/digest.json keeps until when departments have been told; it moves on only when every one of them was. A webhook gets\n" +
			"one POST a department, with the header Wuku-Signature: sha256=<HMAC of the body under the secret> where --secret-file is given.",
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return with(cmd.Context(), d.flags, func(in *instance) error { return d.run(cmd.Context(), cmd.OutOrStdout(), in) })
		},
	}
	d.flags.add(cmd)
	p := cmd.Flags()
	p.StringVar(&d.department, "department", "", "only for this department")
	p.StringVar(&d.mail, "mail", "", "directory for mail files (.eml), one a department")
	p.StringVar(&d.webhook, "webhook", "", "http(s) address that gets the digests")
	p.StringVar(&d.secret, "secret-file", "", "file with the secret under which digests are signed")
	p.StringVar(&d.since, "since", "", "instead of the last digest: a time, or a duration before now such as 24h; then nothing is kept")
	return cmd
}

func (d *digesting) run(ctx context.Context, out io.Writer, in *instance) error {
	now := time.Now().UTC()
	since, err := d.from(in, now)
	if err != nil {
		return err
	}
	list, err := d.digests(ctx, in, since, now)
	if err != nil {
		return err
	}
	for _, one := range list {
		if err := d.tell(ctx, out, one); err != nil {
			return fmt.Errorf("department %s was not told, and the next run tells all again: %w", one.Department, err)
		}
	}
	if d.mail != "" || d.webhook != "" {
		fmt.Fprintf(out, "%d departments told of what is new since %s\n", len(list), inChina(since))
	}
	if d.since != "" || d.department != "" {
		return nil
	}
	kept, err := json.Marshal(map[string]time.Time{"until": now})
	if err != nil {
		return err
	}
	return os.WriteFile(in.path("digest.json"), kept, 0o600)
}

// from is the end of the last digest; a day before now for the first.
func (d *digesting) from(in *instance, now time.Time) (time.Time, error) {
	if d.since != "" {
		at, err := instant("--since", d.since, now)
		return time.UnixMilli(at).UTC(), err
	}
	text, err := os.ReadFile(in.path("digest.json"))
	if errors.Is(err, fs.ErrNotExist) {
		return now.AddDate(0, 0, -1), nil
	}
	var kept map[string]time.Time
	if err := errors.Join(err, json.Unmarshal(text, &kept)); err != nil {
		return now, fmt.Errorf("digest.json: %w", err)
	}
	return kept["until"], nil
}

func (d *digesting) digests(ctx context.Context, in *instance, since, until time.Time) ([]digest, error) {
	desk := in.desk()
	all, err := desk.List(ctx, quality.Filter{Department: d.department, Newest: true})
	if err != nil {
		return nil, err
	}
	var list []digest
	place := map[string]int{}
	for i := range all {
		o := &all[i]
		if !o.Opened.After(since) || o.Opened.After(until) {
			continue
		}
		w := servedOrder(o, desk.Board())
		w.Record, w.RecordRole, w.Note = "", "", ""
		at, there := place[o.Department]
		if !there {
			at = len(list)
			place[o.Department], list = at, append(list, digest{Department: o.Department, Since: since, Until: until})
		}
		list[at].Orders = append(list[at].Orders, w)
	}
	return list, nil
}

func (d *digesting) tell(ctx context.Context, out io.Writer, one digest) error {
	if d.mail != "" {
		name := filepath.Join(d.mail, fmt.Sprintf("%s-%s.eml", one.Department, one.Until.Format("20060102T150405Z")))
		if err := errors.Join(os.MkdirAll(d.mail, 0o700), os.WriteFile(name, one.letter(), 0o600)); err != nil {
			return err
		}
	}
	if d.webhook != "" {
		return d.post(ctx, one)
	}
	if d.mail == "" {
		return printJSON(out, one)
	}
	return nil
}

// letter is the digest as a mail without an address: who sends it knows the department's.
func (one *digest) letter() []byte {
	var b strings.Builder
	fmt.Fprintf(&b, "Date: %s\r\nSubject: %s\r\nMIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\nX-Wuku-Department: %s\r\n\r\n", one.Until.Format(time.RFC1123Z),
		mime.QEncoding.Encode("utf-8", fmt.Sprintf("整改工单 %d work orders: %s", len(one.Orders), one.Department)), one.Department)
	for _, o := range one.Orders {
		due := ""
		if o.Due != nil {
			due = lastDay(*o.Due)
		}
		fmt.Fprintf(&b, "%s  %s  %s %s  until 期限 %s\r\n", o.ID, o.Rule, o.Feed, o.Element, due)
	}
	b.WriteString("\r\nconsole 控制台: /console/#/department/workorders\r\n")
	return []byte(b.String())
}

// post sends a digest; anything but a 2xx is a failure.
func (d *digesting) post(ctx context.Context, one digest) error {
	body, err := json.Marshal(one)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, 20*time.Second)
	defer cancel()
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, d.webhook, bytes.NewReader(body))
	if err != nil {
		return fmt.Errorf("--webhook: %w", err)
	}
	r.Header.Set("Content-Type", "application/json")
	if d.secret != "" {
		secret, err := os.ReadFile(d.secret)
		if err != nil {
			return err
		}
		mac := hmac.New(sha256.New, bytes.TrimSpace(secret))
		mac.Write(body)
		r.Header.Set("Wuku-Signature", "sha256="+hex.EncodeToString(mac.Sum(nil)))
	}
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		return err
	}
	defer answer.Body.Close()
	if answer.StatusCode/100 != 2 {
		return fmt.Errorf("the webhook answers %s", answer.Status)
	}
	return nil
}
