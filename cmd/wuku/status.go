package main

import (
	"cmp"
	"context"
	"encoding/json/v2"
	"errors"
	"fmt"
	"io"
	"maps"
	"math"
	"os"
	"slices"
	"strings"
	"syscall"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"
	"golang.org/x/sys/unix"

	"wuku/ingest"
)

// status is what an instance is doing. 运行状态 Counts and names of feeds and rules only: nothing that names a person.
type status struct {
	At         time.Time        `json:"at"`
	Running    bool             `json:"running"` // a process has the directory, or --kafka and --clickhouse name engines
	PID        int              `json:"pid,omitzero"`
	HTTP       string           `json:"http,omitzero"`
	Revision   uint32           `json:"catalogue"` // revision of the catalogue in force
	Feeds      []feedStatus     `json:"feeds"`     // those that have messages, the farthest behind first
	Silent     int              `json:"feeds_without_messages"`
	Behind     int64            `json:"behind"`             // messages published and not stored
	CatchUp    *float64         `json:"catch_up_s"`         // seconds until nothing is behind, at the rate seen; null: not moving, or not known
	Libraries  []libraryStatus  `json:"libraries"`          //
	Quarantine int64            `json:"quarantine"`         // messages in it now
	Incidents  map[string]int64 `json:"incidents_last_24h"` // by kind
	Engine     engineStatus     `json:"engine"`
	Disk       diskStatus       `json:"disk"`
}

// feedStatus is one feed's topic over all its partitions.
type feedStatus struct {
	Feed       string    `json:"feed"`
	Topic      string    `json:"topic"`
	Direct     bool      `json:"direct"`     // 直连: changes of the department's own database, not what it chooses to send
	Read       int64     `json:"read"`       // offsets accounted for
	Behind     int64     `json:"behind"`     // -1: the broker was not asked
	Rate       float64   `json:"rate"`       // messages a second, since the look before
	CatchUp    *float64  `json:"catch_up_s"` // as above
	Quarantine int64     `json:"quarantine"`
	Newest     time.Time `json:"newest,omitzero"` // when the broker got the newest message that was read
}

// libraryStatus is one library's cycles.
type libraryStatus struct {
	Library  string    `json:"library"`
	Behind   int64     `json:"behind"` // messages in the ledger that the last finished cycle had not seen
	Findings int64     `json:"findings"`
	Took     int64     `json:"took_ms"`           // of the last finished cycle
	Finished time.Time `json:"finished,omitzero"` // when that was; zero: no cycle yet
}

type engineStatus struct {
	Rows  int64 `json:"rows"`
	Bytes int64 `json:"bytes"`
	Parts int64 `json:"parts"`
}

type diskStatus struct {
	Free  uint64 `json:"free_bytes"`
	Total uint64 `json:"total_bytes"`
}

func statusCommand() *cobra.Command {
	var f flags
	var asJSON, watch bool
	var every time.Duration
	cmd := &cobra.Command{
		Use:   "status",
		Short: "what an instance is doing: feeds, lag, time to catch up, quarantine, findings, cycles, engines, disk",
		Args:  cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return with(cmd.Context(), f, func(in *instance) error { return in.showStatus(cmd, asJSON, watch, every) })
		},
	}
	f.add(cmd)
	cmd.Flags().BoolVar(&asJSON, "json", false, "print JSON; with --watch one line a look")
	cmd.Flags().BoolVar(&watch, "watch", false, "look again and again, until Ctrl-C")
	cmd.Flags().DurationVar(&every, "every", 2*time.Second, "time between two looks")
	return cmd
}

// showStatus prints one look, or looks until the context ends. A rate needs two looks: where something is behind, a single call looks
// twice, one second apart.
func (in *instance) showStatus(cmd *cobra.Command, asJSON, watch bool, every time.Duration) error {
	if every < 100*time.Millisecond {
		return fmt.Errorf("--every %s: want at least 100ms", every)
	}
	ctx, out := cmd.Context(), cmd.OutOrStdout()
	now, err := in.look(ctx, status{})
	if err != nil {
		return err
	}
	if now.Behind > 0 && !watch {
		if !rest(ctx, time.Second) {
			return ctx.Err()
		}
		if now, err = in.look(ctx, now); err != nil {
			return err
		}
	}
	for {
		if err := printStatus(out, now, asJSON, watch); err != nil || !watch {
			return err
		}
		if !rest(ctx, every) {
			return nil
		}
		if now, err = in.look(ctx, now); err != nil {
			return err
		}
	}
}

func rest(ctx context.Context, d time.Duration) bool {
	select {
	case <-ctx.Done():
		return false
	case <-time.After(d):
		return true
	}
}

// look reads the state now; before is the look that rates are counted from (its At zero: none).
func (in *instance) look(ctx context.Context, before status) (status, error) {
	s := status{At: time.Now().UTC(), Revision: in.current.Load().revision, Incidents: map[string]int64{}}
	if r, err := in.readRunning(); err == nil && syscall.Kill(r.PID, 0) == nil {
		s.Running, s.PID, s.HTTP = true, r.PID, r.HTTP
	}
	s.Running = s.Running || in.clickhouse != "" && in.flags.kafka != ""
	if err := in.lookFeeds(ctx, &s, before); err != nil {
		return s, err
	}
	if err := in.lookFigures(ctx, &s); err != nil {
		return s, err
	}
	var disk unix.Statfs_t
	if err := unix.Statfs(in.data, &disk); err != nil {
		return s, fmt.Errorf("disk of %s: %w", in.data, err)
	}
	s.Disk = diskStatus{Free: disk.Bavail * uint64(disk.Bsize), Total: disk.Blocks * uint64(disk.Bsize)}
	return s, nil
}

// lookFeeds compares what the ledger has with what the topics hold.
func (in *instance) lookFeeds(ctx context.Context, s *status, before status) error {
	feeds, partitions := map[string]*feedStatus{}, map[string]int{}
	revisions := map[string]uint32{}
	current := in.current.Load()
	for _, f := range current.streams.Feeds {
		declared := current.catalog.Feed(f.Name)
		feeds[f.Topic] = &feedStatus{Feed: f.Name, Topic: f.Topic, Direct: declared != nil && declared.Direct(), Behind: -1}
		partitions[f.Topic], revisions[f.Topic] = f.Partitions, f.Revision
	}
	read := map[string]map[uint32]int64{}
	err := in.store.Query(ctx, "query/status_streams", nil, func(scan func(...any) error) error {
		var topic string
		var partition, revision uint32
		var next uint64
		var newest int64
		if err := scan(&topic, &partition, &revision, &next, &newest); err != nil {
			return err
		}
		f := feeds[topic]
		if f == nil || revision != revisions[topic] {
			return nil
		}
		if read[topic] == nil {
			read[topic] = map[uint32]int64{}
		}
		read[topic][partition] = int64(next)
		f.Read += int64(next)
		if newest > f.Newest.UnixMilli() {
			f.Newest = time.UnixMilli(newest).UTC()
		}
		return nil
	})
	if err != nil {
		return err
	}
	ends := map[string][]int64{}
	if s.Running && len(in.kafka.Brokers) > 0 {
		if ends, err = ingest.Ends(ctx, in.kafka, partitions); err != nil {
			return err
		}
	}
	for topic, list := range ends {
		f := feeds[topic]
		f.Behind = 0
		for p, end := range list {
			f.Behind += max(end-read[topic][uint32(p)], 0)
		}
	}
	s.sumFeeds(feeds, before)
	return nil
}

// sumFeeds keeps the feeds that have messages, with their rates since the look before.
func (s *status) sumFeeds(feeds map[string]*feedStatus, before status) {
	old := map[string]int64{}
	for _, f := range before.Feeds {
		old[f.Topic] = f.Read
	}
	took := s.At.Sub(before.At).Seconds()
	s.Feeds = []feedStatus{}
	var rate float64
	for _, f := range feeds {
		if f.Read == 0 && f.Behind <= 0 {
			s.Silent++
			continue
		}
		if !before.At.IsZero() {
			f.Rate = math.Round(10*float64(max(f.Read-old[f.Topic], 0))/took) / 10
		}
		f.CatchUp = catchUp(f.Behind, f.Rate)
		s.Behind += max(f.Behind, 0)
		rate += f.Rate
		s.Feeds = append(s.Feeds, *f)
	}
	s.CatchUp = catchUp(s.Behind, rate)
	slices.SortFunc(s.Feeds, func(a, b feedStatus) int { return cmp.Or(cmp.Compare(b.Behind, a.Behind), cmp.Compare(a.Feed, b.Feed)) })
}

// catchUp is how many seconds a backlog lasts at a rate; nil when it does not move.
func catchUp(behind int64, rate float64) *float64 {
	switch {
	case behind == 0:
		return new(0.0)
	case behind < 0 || rate <= 0:
		return nil
	}
	return new(math.Round(10*float64(behind)/rate) / 10)
}

// lookFigures reads what the engine counts.
func (in *instance) lookFigures(ctx context.Context, s *status) error {
	libraries := map[string]*libraryStatus{}
	for _, l := range in.current.Load().catalog.Libraries {
		libraries[l.Name] = &libraryStatus{Library: l.Name}
	}
	quarantine := map[string]int64{}
	err := in.store.Query(ctx, "query/status_figures", nil, func(scan func(...any) error) error {
		var kind, name string
		var n int64
		if err := scan(&kind, &name, &n); err != nil {
			return err
		}
		l := libraries[name]
		if l == nil {
			l = &libraryStatus{}
		}
		switch kind {
		case "quarantine":
			quarantine[name] = n
			s.Quarantine += n
		case "finding":
			l.Findings = n
		case "behind":
			l.Behind = n
		case "took":
			l.Took = n
		case "finished":
			l.Finished = time.UnixMilli(n).UTC()
		case "incident":
			s.Incidents[name] = n
		case "engine":
			*map[string]*int64{"rows": &s.Engine.Rows, "bytes": &s.Engine.Bytes, "parts": &s.Engine.Parts}[name] = n
		}
		return nil
	})
	for i := range s.Feeds {
		s.Feeds[i].Quarantine = quarantine[s.Feeds[i].Feed]
	}
	for _, l := range in.current.Load().catalog.Libraries {
		s.Libraries = append(s.Libraries, *libraries[l.Name])
	}
	return err
}

// mostFeeds is how many feeds a look on a terminal shows; --json has all.
const mostFeeds = 12

func printStatus(out io.Writer, s status, asJSON, watch bool) error {
	if asJSON && watch {
		b, err := json.Marshal(s)
		if err != nil {
			return err
		}
		_, err = fmt.Fprintln(out, string(b))
		return err
	}
	if asJSON {
		return printJSON(out, s)
	}
	var b strings.Builder
	if watch && isTerminal(out) {
		b.WriteString("\x1b[H\x1b[2J") // top left, clear
	}
	state := "stopped"
	if s.Running {
		state = "running"
	}
	fmt.Fprintf(&b, "%s  %s", s.At.Format("2006-01-02 15:04:05Z"), state)
	if s.PID != 0 {
		fmt.Fprintf(&b, ", process %d, http://%s", s.PID, s.HTTP)
	}
	fmt.Fprintf(&b, "  catalogue revision %d\n", s.Revision)
	fmt.Fprintf(&b, "%d messages behind, caught up %s; %d in quarantine; %d feeds with messages, %d without\n", s.Behind, inSeconds(s.CatchUp), s.Quarantine, len(s.Feeds), s.Silent)
	fmt.Fprintf(&b, "engine %d rows, %s in %d parts; disk %s of %s free\n", s.Engine.Rows, bytesText(uint64(s.Engine.Bytes)), s.Engine.Parts, bytesText(s.Disk.Free), bytesText(s.Disk.Total))
	for _, kind := range slices.Sorted(maps.Keys(s.Incidents)) {
		fmt.Fprintf(&b, "INCIDENT %s: %d in the last 24 hours\n", kind, s.Incidents[kind])
	}
	w := tabwriter.NewWriter(&b, 0, 8, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintln(w, "\nlibrary\tbehind\tfindings\tlast cycle\ttook\t")
	for _, l := range s.Libraries {
		fmt.Fprintf(w, "%s\t%d\t%d\t%s\t%d ms\t\n", l.Library, l.Behind, l.Findings, ago(s.At, l.Finished), l.Took)
	}
	fmt.Fprintln(w, "\nfeed\tread\tbehind\ta second\tcaught up\tquarantine\tnewest\t")
	for _, f := range s.Feeds[:min(mostFeeds, len(s.Feeds))] {
		name := f.Feed
		if f.Direct {
			name += " 直连"
		}
		fmt.Fprintf(w, "%s\t%d\t%s\t%.1f\t%s\t%d\t%s\t\n", name, f.Read, behindText(f.Behind), f.Rate, inSeconds(f.CatchUp), f.Quarantine, ago(s.At, f.Newest))
	}
	failed := w.Flush()
	if n := len(s.Feeds) - mostFeeds; n > 0 {
		fmt.Fprintf(&b, "and %d feeds that are less behind: --json shows all\n", n)
	}
	_, err := io.WriteString(out, b.String())
	return errors.Join(failed, err)
}

func isTerminal(out io.Writer) bool {
	f, ok := out.(*os.File)
	if !ok {
		return false
	}
	_, err := unix.IoctlGetTermios(int(f.Fd()), unix.TCGETS)
	return err == nil
}

func inSeconds(s *float64) string {
	switch {
	case s == nil:
		return "not known"
	case *s == 0:
		return "now"
	}
	return "in " + time.Duration(*s*float64(time.Second)).Round(time.Second).String()
}

func behindText(n int64) string {
	if n < 0 {
		return "?"
	}
	return fmt.Sprint(n)
}

func ago(now, then time.Time) string {
	if then.IsZero() || then.UnixMilli() == 0 {
		return "never"
	}
	d := max(now.Sub(then), 0)
	if d > 48*time.Hour {
		return fmt.Sprintf("%d days ago", d/(24*time.Hour))
	}
	return d.Round(time.Second).String() + " ago"
}

func bytesText(n uint64) string {
	const unit = 1024
	if n < unit {
		return fmt.Sprintf("%d B", n)
	}
	v, i := float64(n)/unit, 0
	for ; v >= unit && i < 4; i++ {
		v /= unit
	}
	return fmt.Sprintf("%.1f %ciB", v, "KMGTP"[i])
}
