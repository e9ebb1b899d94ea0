package main

import (
	"bytes"
	"encoding/csv"
	"encoding/json/jsontext"
	"encoding/json/v2"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/spf13/cobra"
	"golang.org/x/text/encoding/simplifiedchinese"

	"wuku/catalog"
)

func feedCommand() *cobra.Command {
	cmd := &cobra.Command{Use: "feed", Short: "new feeds 数据资源"}
	cmd.AddCommand(feedPropose())
	return cmd
}

// proposed are the flags of `wuku feed propose`.
type proposed struct {
	flags
	sample, department, library, name, zh, expires, write string
}

func feedPropose() *cobra.Command {
	var p proposed
	cmd := &cobra.Command{
		Use:   "propose",
		Short: "guess a feed's contract from a sample file, in an emergency: every guess says why; nothing is in force by it",
		Long: "guess a feed's contract from a department's sample file (CSV with a header line, JSON lines or an array; UTF-8 or GB 18030).\n\n" +
			"The feed's file goes to standard output, or with --write DIR into that directory's feeds/, after the whole catalogue there was checked with\n" +
			"it. The feed stands behind all others in rank and expires. Then: `wuku try`, and SIGHUP or `wuku catalog publish`.",
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return p.run(cmd) },
	}
	catalogFlag(cmd, &p.flags)
	f := cmd.Flags()
	f.StringVar(&p.sample, "sample", "", "the department's file")
	f.StringVar(&p.department, "department", "", "whose it is")
	f.StringVar(&p.library, "library", "", "person, organisation, certificate, credit or place")
	f.StringVar(&p.name, "name", "", "the feed's name; default DEPARTMENT.emergency")
	f.StringVar(&p.zh, "zh", "应急数据", "its Chinese name")
	f.StringVar(&p.expires, "expires", "", "last day whose messages are taken, 2006-01-02; default 90 days from today")
	f.StringVar(&p.write, "write", "", "directory of a catalogue to write the file into")
	for _, name := range []string{"sample", "department", "library"} {
		if err := cmd.MarkFlagRequired(name); err != nil {
			panic(err) // the flag is named above
		}
	}
	return cmd
}

// emergencyDays is how long an emergency feed lives when nobody says otherwise.
const emergencyDays = 90

func (p *proposed) run(cmd *cobra.Command) error {
	if p.write != "" {
		p.catalog = p.write
	}
	c, err := p.loadCatalog()
	if err != nil {
		return err
	}
	if p.name == "" {
		p.name = p.department + ".emergency"
	}
	if p.expires == "" {
		p.expires = time.Now().In(time.FixedZone("+08:00", 8*60*60)).AddDate(0, 0, emergencyDays).Format(catalog.DateLayout)
	}
	if c.Feed(p.name) != nil {
		return fmt.Errorf("the catalogue has a feed %s: give the new one another --name", p.name)
	}
	s, err := readSample(p.sample)
	if err != nil {
		return err
	}
	found, err := catalog.Propose(c, s, p.name, p.zh, p.department, p.library, p.expires)
	if err != nil {
		return err
	}
	if p.write == "" {
		_, err := io.WriteString(cmd.OutOrStdout(), found.Text())
		return err
	}
	return p.place(cmd, found)
}

// place writes the file and takes it away again when the catalogue has errors with it.
func (p *proposed) place(cmd *cobra.Command, found *catalog.Proposal) error {
	path := filepath.Join(p.write, "feeds", p.name+".yaml")
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o644)
	if err != nil {
		return err
	}
	_, err = f.WriteString(found.Text())
	if err = errors.Join(err, f.Close()); err != nil {
		return err
	}
	if _, problems := catalog.Inspect(os.DirFS(p.write)); len(problems.Fatal()) > 0 {
		return errors.Join(fmt.Errorf("what was guessed does not pass the check, so nothing was written: %s", problems.Fatal().Error()), os.Remove(path))
	}
	mapped, unknown := len(found.Feed.Claims[0].Fields), len(found.Unknown)
	_, err = fmt.Fprintf(cmd.OutOrStdout(), "%s: %d columns mapped, %d not, expires %s. Read it; then: wuku try %s %s --catalog %s\n", path, mapped, unknown, found.Feed.Expires, p.name, p.sample, p.write)
	return err
}

// mostSample is how many bytes and records of a sample are looked at.
const (
	mostSample  = 16 << 20
	mostRecords = 10_000
)

// readSample reads the beginning of a file.
func readSample(path string) (s catalog.Sample, err error) {
	f, err := os.Open(path)
	if err != nil {
		return s, err
	}
	defer f.Close()
	text, err := io.ReadAll(io.LimitReader(f, mostSample))
	if err != nil {
		return s, err
	}
	if !utf8.Valid(text) {
		if text, err = simplifiedchinese.GB18030.NewDecoder().Bytes(text); err != nil || bytes.ContainsRune(text, utf8.RuneError) {
			return s, fmt.Errorf("%s is neither UTF-8 nor GB 18030", path)
		}
	}
	text = bytes.TrimPrefix(text, []byte("\ufeff"))
	if start := bytes.TrimSpace(text); len(start) > 0 && (start[0] == '{' || start[0] == '[') {
		s, err = jsonSample(start)
	} else {
		s, err = csvSample(text)
	}
	if err != nil {
		return s, fmt.Errorf("%s: %w", path, err)
	}
	return s, nil
}

func csvSample(text []byte) (s catalog.Sample, err error) {
	r := csv.NewReader(bytes.NewReader(text))
	if s.Columns, err = r.Read(); err != nil {
		return s, fmt.Errorf("header line: %w", err)
	}
	for i, n := range s.Columns {
		s.Columns[i] = strings.TrimSpace(n)
	}
	for len(s.Records) < mostRecords {
		line, err := r.Read()
		if errors.Is(err, io.EOF) || err != nil && len(text) == mostSample { // the end, or where we cut it
			break
		}
		if err != nil {
			return s, err
		}
		record := map[string]string{}
		for i, v := range line {
			record[s.Columns[i]] = v
		}
		s.Records = append(s.Records, record)
	}
	return s, nil
}

// jsonSample reads objects of plain values: one a line, one after the other, or an array of them. What is nested is left out.
func jsonSample(text []byte) (s catalog.Sample, err error) {
	d := jsontext.NewDecoder(bytes.NewReader(text))
	if text[0] == '[' {
		if _, err := d.ReadToken(); err != nil {
			return s, err
		}
	}
	for len(s.Records) < mostRecords && d.PeekKind() == '{' {
		var object map[string]any
		if err := json.UnmarshalDecode(d, &object); err != nil {
			if len(text) >= mostSample {
				break
			}
			return s, err
		}
		record := map[string]string{}
		for name, v := range object {
			switch v := v.(type) {
			case string:
				record[name] = v
			case float64:
				record[name] = strconv.FormatFloat(v, 'f', -1, 64)
			case bool:
				record[name] = strconv.FormatBool(v)
			default:
				continue
			}
			if !slices.Contains(s.Columns, name) {
				s.Columns = append(s.Columns, name)
			}
		}
		s.Records = append(s.Records, record)
	}
	slices.Sort(s.Columns) // an object has no order
	return s, nil
}
