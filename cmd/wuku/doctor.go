package main

import (
	"fmt"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"
	"golang.org/x/sys/unix"

	"wuku/catalog"
	"wuku/ingest"
	"wuku/resolve"
)

// check is one line of the doctor's report.
type check struct {
	What string `json:"what"`
	OK   bool   `json:"ok"`
	Says string `json:"says"`
	Do   string `json:"do,omitempty"`
}

func doctorCommand() *cobra.Command {
	var f flags
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "doctor",
		Short: "engines, topics, lag, disk, clock, catalogue: what is wrong and what to do",
		Args:  cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return with(cmd.Context(), f, func(in *instance) error { return in.doctor(cmd, asJSON) })
		},
	}
	f.add(cmd)
	cmd.Flags().BoolVar(&asJSON, "json", false, "print JSON")
	return cmd
}

func (in *instance) doctor(cmd *cobra.Command, asJSON bool) error {
	checks := []check{in.checkCatalogue(), in.checkDisk(), in.checkClock(cmd)}
	checks = append(checks, in.checkStreams(cmd)...)
	checks = append(checks, in.checkProgress(cmd), in.checkRefusals(cmd), in.checkPoints(cmd), in.checkLate(cmd))
	bad := 0
	for _, c := range checks {
		if !c.OK {
			bad++
		}
	}
	if asJSON {
		if err := printJSON(cmd.OutOrStdout(), checks); err != nil {
			return err
		}
	} else {
		w := tabwriter.NewWriter(cmd.OutOrStdout(), 0, 8, 2, ' ', 0)
		for _, c := range checks {
			mark := "ok"
			if !c.OK {
				mark = "WRONG"
			}
			fmt.Fprintf(w, "%s\t%s\t%s\t%s\n", mark, c.What, c.Says, c.Do)
		}
		if err := w.Flush(); err != nil {
			return err
		}
	}
	if bad > 0 {
		return fmt.Errorf("%d things are wrong", bad)
	}
	return nil
}

func (in *instance) checkCatalogue() check {
	now := in.current.Load()
	today := time.Now().In(time.FixedZone("+08:00", 8*60*60)).Format(catalog.DateLayout)
	var over []string
	for _, f := range now.catalog.Feeds {
		if f.Expires != "" && f.Expires < today {
			over = append(over, f.Name)
		}
	}
	if len(over) > 0 {
		return check{What: "catalogue", Says: "expired and still in the catalogue: " + strings.Join(over, ", "), Do: "take them out of the catalogue, or prolong them (expires)"}
	}
	return check{What: "catalogue", OK: true, Says: fmt.Sprintf("revision %d, %d feeds", now.revision, len(now.catalog.Feeds))}
}

// leastFree is the share of the disk below which ingest should not go on.
const leastFree = 0.10

func (in *instance) checkDisk() check {
	var s unix.Statfs_t
	if err := unix.Statfs(in.data, &s); err != nil {
		return check{What: "disk", Says: err.Error(), Do: "make the data directory readable"}
	}
	free := float64(s.Bavail) / float64(s.Blocks)
	c := check{What: "disk", OK: free >= leastFree, Says: fmt.Sprintf("%.0f %% free", 100*free)}
	if !c.OK {
		c.Do = "free space or enlarge the disk: the engine refuses inserts when it is full"
	}
	return c
}

// mostSkew is how far the engine's clock may be from ours.
const mostSkew = 5 * time.Second

func (in *instance) checkClock(cmd *cobra.Command) check {
	var now time.Time
	err := in.store.Query(cmd.Context(), "query/now", nil, func(scan func(...any) error) error { return scan(&now) })
	if err != nil {
		return check{What: "engine", Says: err.Error(), Do: "start the engine, or look at its log"}
	}
	skew := time.Since(now).Abs()
	c := check{What: "engine and clock", OK: skew < mostSkew, Says: fmt.Sprintf("answers; clocks differ by %.1f s", skew.Seconds())}
	if !c.OK {
		c.Do = "set both machines' clocks by NTP"
	}
	return c
}

func (in *instance) checkStreams(cmd *cobra.Command) []check {
	if len(in.kafka.Brokers) == 0 {
		return []check{{What: "broker", Says: "no running instance", Do: "start it: wuku up"}}
	}
	var list []resolve.Source
	for _, f := range in.current.Load().catalog.Feeds {
		list = append(list, resolve.Source{Topic: f.Topic, Revision: f.Revision})
	}
	accounts, err := resolve.Accounts(cmd.Context(), in.store, list)
	if err != nil {
		return []check{{What: "ledger", Says: err.Error(), Do: "look at the engine's log"}}
	}
	var checks []check
	var behind int64
	for _, a := range accounts {
		end, err := ingest.End(cmd.Context(), in.kafka, a.Topic, int(a.Partition))
		if err != nil {
			return append(checks, check{What: a.Topic, Says: err.Error(), Do: "is the broker up, and may we describe this topic?"})
		}
		behind += end - int64(a.Next)
		if a.Missing > 0 || a.Doubled > 0 {
			checks = append(checks, check{What: fmt.Sprintf("%s/%d", a.Topic, a.Partition), Says: fmt.Sprintf("%d offsets without an outcome, %d with two", a.Missing, a.Doubled), Do: "run wuku verify and report it"})
		}
	}
	return append(checks, check{What: "topics", OK: true, Says: fmt.Sprintf("%d partitions read, %d messages behind", len(accounts), behind)})
}

// checkRefusals names the feeds of which more is refused than their contracts allow.
func (in *instance) checkRefusals(cmd *cobra.Command) check {
	c := check{What: "refusals", OK: true, Says: "no feed has more refused than its contract allows"}
	var feeds []string
	err := in.store.Query(cmd.Context(), "query/refusing", map[string]any{"Kind": ingest.IncidentRefusing}, func(scan func(...any) error) error {
		var feed, detail string
		var at time.Time
		err := scan(&feed, &detail, &at)
		feeds = append(feeds, fmt.Sprintf("%s at %s: %s", feed, at.Format("2006-01-02 15:04:05Z"), detail))
		return err
	})
	if err != nil {
		return check{What: c.What, Says: err.Error(), Do: "look at the engine's log"}
	}
	if len(feeds) > 0 {
		c.OK, c.Says, c.Do = false, strings.Join(feeds, "; "), "see docs/runbook.md, WukuQuarantineGrows"
	}
	return c
}

// doctorPatience is how long the doctor watches a backlog that does not move.
const doctorPatience = 6 * time.Second

// checkProgress looks whether what is behind moves, and whether incidents tell that something stood still.
func (in *instance) checkProgress(cmd *cobra.Command) check {
	c := check{What: "progress", Do: "see docs/runbook.md, WukuNoProgress"}
	ctx := cmd.Context()
	s, err := in.look(ctx, status{})
	if err != nil {
		c.Says = err.Error()
		return c
	}
	if n := s.Incidents[ingest.IncidentIdle]; n > 0 {
		c.Says = fmt.Sprintf("a stage stood still %d times in the last 24 hours", n)
		return c
	}
	if s.Running && s.Behind > 0 {
		if !rest(ctx, doctorPatience) {
			c.Says = ctx.Err().Error()
			return c
		}
		if s, err = in.look(ctx, s); err != nil {
			c.Says = err.Error()
			return c
		}
		if s.Behind > 0 && s.CatchUp == nil {
			c.Says = fmt.Sprintf("%d messages are behind and none was taken for %s", s.Behind, doctorPatience)
			return c
		}
	}
	for _, l := range s.Libraries {
		if s.Running && l.Behind > 0 && !l.Finished.IsZero() && s.At.Sub(l.Finished) > libraryPatience {
			c.Says = fmt.Sprintf("%s is %d messages behind and has had no cycle since %s", l.Library, l.Behind, l.Finished.Format("2006-01-02 15:04:05Z"))
			return c
		}
	}
	return check{What: "progress", OK: true, Says: fmt.Sprintf("%d messages behind, caught up %s", s.Behind, inSeconds(s.CatchUp))}
}
