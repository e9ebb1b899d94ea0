package main

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json/jsontext"
	"encoding/json/v2"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"wuku/catalog"
	"wuku/ingest"
)

func publishCommand() *cobra.Command {
	p := &publishing{}
	cmd := &cobra.Command{
		Use:   "publish FEED FILE…",
		Short: "publish a department's files (CSV, JSON lines) to its feed's topic, with receipts",
		Long: "publish a department's files (CSV, JSON lines) to its feed's topic, with receipts.\n\n" +
			"FILE.receipt.json says how far a file is acknowledged and where its records stand. Interrupted, the same command goes on from there.\n" +
			"Where the instance can be asked (--data, or --kafka with --clickhouse) the receipt ends with what became of the records: taken, or\n" +
			"refused and why. With --check nothing is sent of files of which a record would be refused. With --snapshot the file is all that the\n" +
			"feed has: its marks are set around it, and an interrupted one begins anew.",
		RunE: func(cmd *cobra.Command, args []string) error { return p.run(cmd, args) },
	}
	p.add(cmd)
	cmd.Flags().BoolVar(&p.check, "check", false, "hold the files against the contract first and send nothing if a record would be refused")
	cmd.Flags().BoolVar(&p.snapshot, "snapshot", false, "the file is the feed's whole content 全量: set a begin and an end mark around it; what it no longer has is deleted")
	cmd.Flags().DurationVar(&p.wait, "wait", time.Minute, "how long to wait for what becomes of the records; 0: do not ask")
	return cmd
}

// publishing is one run of `wuku publish`.
type publishing struct {
	fileFlags
	check    bool
	snapshot bool
	wait     time.Duration
	out      io.Writer // what the user reads; with --json the terminal's
}

// published is the receipt of one file with what became of its records.
type published struct {
	File string `json:"file"`
	ingest.Receipt
	Outcomes []outcomeCount `json:"outcomes,omitempty"`
	Waiting  int            `json:"waiting"` // offsets that are not in the ledger yet
}

// outcomeCount is how many records had one outcome, with the reason of those that were refused.
type outcomeCount struct {
	Outcome string `json:"outcome"`
	Reason  string `json:"reason,omitempty"`
	Field   string `json:"field,omitempty"`
	Records uint64 `json:"records"`
	offsets uint64
}

func (p *publishing) run(cmd *cobra.Command, args []string) error {
	p.out = cmd.OutOrStdout()
	if p.asJSON {
		p.out = cmd.ErrOrStderr()
	}
	if p.kafka != "" && p.clickhouse == "" { // a department's own machine: brokers and contract are all it has
		c, err := p.loadCatalog()
		if err != nil {
			return err
		}
		k, err := p.kafkaOf()
		if err != nil {
			return err
		}
		return p.files(cmd, c, k, nil, args)
	}
	return with(cmd.Context(), p.flags, func(in *instance) error {
		if len(in.kafka.Brokers) == 0 {
			return errors.New("publishing needs the broker: start the instance (`wuku up`) or give --kafka")
		}
		return p.files(cmd, in.current.Load().catalog, in.kafka, in, args)
	})
}

func (p *publishing) files(cmd *cobra.Command, c *catalog.Catalog, k ingest.Kafka, in *instance, args []string) error {
	feed, names, err := p.of(c, args)
	if err != nil {
		return err
	}
	if len(names) == 0 {
		return errors.New("name at least one file")
	}
	if p.snapshot && feed.Snapshot == nil {
		return fmt.Errorf("feed %s takes changes, not snapshots: leave --snapshot out, or declare snapshot in feeds/%s.yaml (docs/departments.md)", feed.Name, feed.Name)
	}
	m, err := p.trial(c, feed)
	if err != nil {
		return err
	}
	if p.check {
		t := &tryRun{feed: feed, mapper: m, encoding: p.encoding, now: time.Now().UnixMilli(), out: p.out}
		if err := t.all(cmd.Context(), names, nil); err != nil {
			return err
		}
		if t.report.Refused > 0 {
			return fmt.Errorf("%d of %d records would be refused: nothing was sent", t.report.Refused, t.report.Records)
		}
	}
	s := ingest.NewFileSender(k, m)
	list, err := p.each(cmd.Context(), s, feed, in, names)
	if err = errors.Join(err, s.Close()); err != nil {
		return err
	}
	if p.asJSON {
		return printJSON(cmd.OutOrStdout(), list)
	}
	return nil
}

func (p *publishing) each(ctx context.Context, s *ingest.FileSender, feed *catalog.Feed, in *instance, names []string) ([]published, error) {
	var list []published
	for _, name := range names {
		r, err := p.file(ctx, s, feed, name)
		if err != nil {
			return list, fmt.Errorf("%s: %w", name, err)
		}
		done := published{File: name, Receipt: r}
		if in != nil && p.wait > 0 {
			if err := p.follow(ctx, in, feed, &done); err != nil {
				return list, fmt.Errorf("%s: %w", name, err)
			}
		}
		p.print(feed, done, in != nil && p.wait > 0)
		list = append(list, done)
	}
	return list, nil
}

// file sends one file from where its receipt ends.
func (p *publishing) file(ctx context.Context, s *ingest.FileSender, feed *catalog.Feed, name string) (r ingest.Receipt, err error) {
	file, err := os.Open(name)
	if err != nil {
		return r, err
	}
	defer file.Close()
	sum := sha256.New()
	if _, err := io.Copy(sum, file); err != nil {
		return r, err
	}
	if _, err := file.Seek(0, io.SeekStart); err != nil {
		return r, err
	}
	kept := name + ".receipt.json"
	fresh := ingest.Receipt{Feed: feed.Name, Topic: feed.Topic, Digest: hex.EncodeToString(sum.Sum(nil))}
	if r, err = readReceipt(kept, fresh); err != nil || r.Done {
		if r.Done {
			fmt.Fprintf(p.out, "%s: published already, see %s\n", name, kept)
		}
		return r, err
	}
	if p.snapshot { // half a snapshot is none: it begins anew, under a name of its own
		r.Sent, r.Marks, r.Places, s.Snapshot = 0, 0, nil, time.Now().UTC().Format("20060102T150405Z-")+r.Digest[:8]
	}
	if r.Sent > 0 {
		fmt.Fprintf(p.out, "%s: going on after %d records\n", name, r.Sent)
	}
	told := time.Now()
	return s.Send(ctx, name, p.encoding, file, r, func(r ingest.Receipt) error {
		if time.Since(told) > time.Second {
			told = time.Now()
			fmt.Fprintf(p.out, "%s: %d records acknowledged 已确认\n", name, r.Sent)
		}
		return writeReceipt(kept, r)
	})
}

// readReceipt is the receipt that a file has, or a fresh one if it has none. A receipt of another feed or content is an error, since it
// would be lost.
func readReceipt(path string, fresh ingest.Receipt) (ingest.Receipt, error) {
	b, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return fresh, nil
	}
	if err != nil {
		return fresh, err
	}
	var r ingest.Receipt
	if err := json.Unmarshal(b, &r); err != nil {
		return fresh, fmt.Errorf("%s is no receipt: move it away: %w", path, err)
	}
	if r.Feed != fresh.Feed || r.Digest != fresh.Digest {
		return fresh, fmt.Errorf("%s is the receipt of feed %s and another content: move it away to publish this file from its beginning", path, r.Feed)
	}
	return r, nil
}

// writeReceipt replaces a receipt whole.
func writeReceipt(path string, r ingest.Receipt) error {
	b, err := json.Marshal(r, jsontext.WithIndent("  "))
	if err != nil {
		return err
	}
	if err := os.WriteFile(path+".new", append(b, '\n'), 0o600); err != nil {
		return err
	}
	return os.Rename(path+".new", path)
}

const receiptPoll = 300 * time.Millisecond

// follow waits until all that was sent is in the ledger.
func (p *publishing) follow(ctx context.Context, in *instance, feed *catalog.Feed, done *published) error {
	for deadline := time.Now().Add(p.wait); ; {
		var err error
		done.Outcomes, done.Waiting, err = in.outcomes(ctx, feed, done.Places)
		if err != nil || done.Waiting <= 0 || time.Now().After(deadline) {
			for i := range done.Outcomes {
				if o := &done.Outcomes[i]; o.Outcome == "unmapped" { // marks among them
					o.Records -= min(o.Records, uint64(done.Marks))
				}
			}
			return err
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(receiptPoll):
		}
	}
}

// outcomes is what has become of a feed's messages at some places, and how many of them are not in the ledger yet.
func (in *instance) outcomes(ctx context.Context, feed *catalog.Feed, places []ingest.Place) (list []outcomeCount, waiting int, err error) {
	for _, place := range places {
		waiting += int(place.To - place.From + 1)
	}
	data := map[string]any{"Topic": feed.Topic, "Revision": feed.Revision, "Places": places}
	err = in.store.Query(ctx, "query/receipt", data, func(scan func(...any) error) error {
		var o outcomeCount
		err := scan(&o.Outcome, &o.Reason, &o.Field, &o.Records, &o.offsets)
		list = append(list, o)
		waiting -= int(o.offsets)
		return err
	})
	return list, waiting, err
}

func (p *publishing) print(feed *catalog.Feed, done published, asked bool) {
	w := tabwriter.NewWriter(p.out, 0, 8, 2, ' ', 0)
	defer w.Flush()
	fmt.Fprintf(w, "%s\t%d records arrived 到达\ttopic %s\n", done.File, done.Sent, done.Topic)
	if !asked {
		fmt.Fprintf(w, "\twhat is refused will stand on %s\n", ingest.TopicQuarantine(done.Topic))
		return
	}
	nothing := "say nothing 无内容"
	if feed.Snapshot != nil {
		nothing = "stand in a snapshot 已入全量: `wuku snapshots` says what came of it"
	}
	for _, o := range done.Outcomes {
		words := map[string]string{"claimed": "taken 采用", "deleted": "deletes taken 删除", "unmapped": nothing, "quarantined": "refused 拒收", "erased": "of erased records 已清除"}[o.Outcome]
		fmt.Fprintf(w, "\t%d %s\t%s %s\n", o.Records, words, o.Reason, o.Field)
	}
	if done.Waiting > 0 {
		fmt.Fprintf(w, "\t%d not read yet 待处理\trun the command again later\n", done.Waiting)
	}
}
