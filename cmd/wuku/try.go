package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"time"

	"github.com/spf13/cobra"

	"wuku/catalog"
	"wuku/entity"
	"wuku/ingest"
)

// fileFlags are what the commands for departments' files take: the feed, and how its files are read.
type fileFlags struct {
	flags
	feed     string
	encoding string
	asJSON   bool
}

func (f *fileFlags) add(cmd *cobra.Command) {
	f.flags.add(cmd)
	cmd.Flags().StringVar(&f.feed, "feed", "", "the feed; without it, the first argument")
	cmd.Flags().StringVar(&f.encoding, "encoding", "", "how the files are written, if not as the feed's messages: utf-8 or gb18030")
	cmd.Flags().BoolVar(&f.asJSON, "json", false, "print JSON")
}

// of parts the arguments into the feed and its files.
func (f *fileFlags) of(c *catalog.Catalog, args []string) (*catalog.Feed, []string, error) {
	name := f.feed
	if name == "" {
		if len(args) == 0 {
			return nil, nil, errors.New("name the feed: as the first argument, or with --feed")
		}
		name, args = args[0], args[1:]
	}
	if f.encoding != "" && f.encoding != catalog.EncodingUTF8 && f.encoding != catalog.EncodingGB18030 {
		return nil, nil, fmt.Errorf("--encoding %s: want utf-8 or gb18030", f.encoding)
	}
	feed := c.Feed(name)
	if feed == nil {
		return nil, nil, fmt.Errorf("the catalogue has no feed %q: `wuku catalog show` lists them", name)
	}
	return feed, args, nil
}

// trial is a mapper that keeps nothing: its anchors are computed under a key that means nothing.
func (f flags) trial(c *catalog.Catalog, feed *catalog.Feed) (*ingest.Mapper, error) {
	schemas, err := f.schemas()
	if err != nil {
		return nil, err
	}
	return ingest.NewMapper(c, feed, entity.NewAnchorer(make([]byte, 32)), ingest.MapperOptions{Schemas: schemas, Places: places})
}

func tryCommand() *cobra.Command {
	var f fileFlags
	cmd := &cobra.Command{
		Use:   "try FEED [FILE…]",
		Short: "hold files, or a message from standard input, against a feed's contract; nothing is published",
		Long: "hold files, or a message from standard input, against a feed's contract; nothing is published.\n\n" +
			"Every record gets its verdict: taken, taken without some values (findings), or refused, with the place, what is wrong and how to\n" +
			"mend it. The exit code is 0 only if nothing is refused. Files are read as `wuku publish` reads them.",
		RunE: func(cmd *cobra.Command, args []string) error {
			c, err := f.loadCatalog()
			if err != nil {
				return err
			}
			feed, files, err := f.of(c, args)
			if err != nil {
				return err
			}
			m, err := f.trial(c, feed)
			if err != nil {
				return err
			}
			t := &tryRun{feed: feed, mapper: m, encoding: f.encoding, now: time.Now().UnixMilli()}
			if !f.asJSON {
				t.out = cmd.OutOrStdout()
			}
			if err := t.all(cmd.Context(), files, cmd.InOrStdin()); err != nil {
				return err
			}
			if f.asJSON {
				if err := printJSON(cmd.OutOrStdout(), t.report); err != nil {
					return err
				}
			} else {
				t.summary()
			}
			if t.report.Refused > 0 {
				return fmt.Errorf("%d of %d records would be refused", t.report.Refused, t.report.Records)
			}
			return nil
		},
	}
	f.add(cmd)
	return cmd
}

// tryReport is what `wuku try --json` prints.
type tryReport struct {
	Feed     string     `json:"feed"`
	Records  int        `json:"records"`
	Taken    int        `json:"taken"`
	Passed   int        `json:"passed"` // they say nothing that is mapped
	Refused  int        `json:"refused"`
	Findings int        `json:"findings"`
	Problems []tryEntry `json:"problems"`
}

// tryEntry is one problem with its place in a file.
type tryEntry struct {
	File   string `json:"file"`
	Line   int    `json:"line"`
	Column int    `json:"column,omitempty"` // in bytes from 1, where the place in the line is known
	ingest.Remark
}

type tryRun struct {
	feed     *catalog.Feed
	mapper   *ingest.Mapper
	encoding string
	now      int64
	out      io.Writer // nil: nothing is printed as it is found
	report   tryReport
}

// mostProblems is how many problems are kept for JSON; the counts go on.
const mostProblems = 100_000

func (t *tryRun) all(ctx context.Context, files []string, stdin io.Reader) error {
	t.report.Feed, t.report.Problems = t.feed.Name, []tryEntry{}
	if len(files) == 0 {
		return t.file(ctx, "standard input", stdin)
	}
	for _, name := range files {
		file, err := os.Open(name)
		if err != nil {
			return err
		}
		err = errors.Join(t.file(ctx, name, file), file.Close())
		if err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
	}
	return nil
}

func (t *tryRun) file(ctx context.Context, name string, r io.Reader) error {
	return ingest.ReadFile(t.feed, name, t.encoding, r, func(rec ingest.FileRecord) error {
		msg := &ingest.Message{Topic: t.feed.Topic, TimeMS: t.now, Value: rec.Value}
		if err := t.mapper.Prepare(ctx, msg); err != nil {
			return err
		}
		v := t.mapper.Judge(msg)
		t.report.Records += v.Taken + v.Passed + len(v.Refused)
		t.report.Taken += v.Taken
		t.report.Passed += v.Passed
		t.report.Refused += len(v.Refused)
		t.report.Findings += len(v.Findings)
		for _, r := range v.Refused {
			t.problem("refused", name, rec, v.At, r)
		}
		for _, r := range v.Findings {
			t.problem("finding", name, rec, -1, r)
		}
		return ctx.Err()
	})
}

// problem notes and prints one problem.
func (t *tryRun) problem(kind, name string, rec ingest.FileRecord, at int, r ingest.Remark) {
	e := tryEntry{File: name, Line: rec.Line, Remark: r}
	if at >= 0 && at <= len(rec.Value) {
		before := rec.Value[:at]
		e.Line += bytes.Count(before, []byte{'\n'})
		e.Column = at - bytes.LastIndexByte(before, '\n')
	}
	if len(t.report.Problems) < mostProblems {
		t.report.Problems = append(t.report.Problems, e)
	}
	if t.out == nil {
		return
	}
	place := fmt.Sprintf("%s:%d", name, e.Line)
	if e.Column > 0 {
		place += fmt.Sprintf(":%d", e.Column)
	}
	if r.Record > 0 {
		place += fmt.Sprintf(" record %d", r.Record)
	}
	where := r.Field
	if r.Element != "" {
		where = r.Element
	}
	if where != "" {
		where = " " + where
	}
	fmt.Fprintf(t.out, "%s: %s: %s%s: %s\n", place, kind, r.Code, where, r.Detail)
}

func (t *tryRun) summary() {
	r := &t.report
	fmt.Fprintf(t.out, "%s: %d records 记录: %d taken 采用, %d say nothing 无内容, %d refused 拒收, %d values left out 数据项问题\n", r.Feed, r.Records, r.Taken, r.Passed, r.Refused, r.Findings)
}
