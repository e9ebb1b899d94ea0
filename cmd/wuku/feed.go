package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"time"

	"github.com/spf13/cobra"

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
		p.expires = catalog.EmergencyExpires(time.Now())
	}
	if c.Feed(p.name) != nil {
		return fmt.Errorf("the catalogue has a feed %s: give the new one another --name", p.name)
	}
	file, err := os.Open(p.sample)
	if err != nil {
		return err
	}
	defer file.Close()
	s, err := catalog.ReadSample(file)
	if err != nil {
		return fmt.Errorf("%s: %w", p.sample, err)
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
