package main

import (
	"bufio"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json/jsontext"
	"encoding/json/v2"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"wuku/catalog"
	"wuku/trust"
)

// life is how far the records of a feed are (数据生命周期): collected as messages, gathered as claims, governed where nothing open is found,
// shared in the last 90 days, archived in a signed file, destroyed by law.
type life struct {
	Feed      string `json:"feed"`
	Stage     string `json:"stage"` // the furthest that it has come to
	Collected uint64 `json:"collected"`
	Gathered  uint64 `json:"gathered"`
	Governed  uint64 `json:"governed"`
	Shared    uint64 `json:"shared"` // answers with the most asked for of its elements
	Archived  uint64 `json:"archived"`
	Destroyed uint64 `json:"destroyed"`
}

func lifecycleCommand() *cobra.Command {
	var f flags
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "lifecycle",
		Short: "生命周期: how many records of each feed are collected, gathered, governed, shared, archived, destroyed",
		Args:  cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return with(cmd.Context(), f, func(in *instance) error {
				list, err := in.lives(cmd.Context())
				switch {
				case err != nil:
					return err
				case asJSON:
					return printJSON(cmd.OutOrStdout(), map[string]any{"feeds": list})
				}
				return printLives(cmd.OutOrStdout(), list)
			})
		},
	}
	f.add(cmd)
	cmd.Flags().BoolVar(&asJSON, "json", false, "print JSON")
	cmd.AddCommand(archiveCommand(), destroyCommand())
	return cmd
}

func (in *instance) lives(ctx context.Context) ([]life, error) {
	figures := map[string]map[string]uint64{}
	err := in.store.Query(ctx, "query/lifecycle", nil, func(scan func(...any) error) error {
		var figure, name string
		var n uint64
		err := scan(&figure, &name, &n)
		if figures[name] == nil {
			figures[name] = map[string]uint64{}
		}
		figures[name][figure] += n
		return err
	})
	list := []life{}
	for i := range in.current.Load().catalog.Feeds {
		list = append(list, lifeOf(&in.current.Load().catalog.Feeds[i], figures))
	}
	for _, name := range slices.Sorted(maps.Keys(figures)) { // feeds that the catalogue does not have any more
		if n := figures[name]; in.current.Load().catalog.Feed(name) == nil && n["collected"]+n["destroyed"] > 0 {
			list = append(list, lifeOf(&catalog.Feed{Name: name}, figures))
		}
	}
	return list, err
}

func lifeOf(feed *catalog.Feed, figures map[string]map[string]uint64) life {
	n := figures[feed.Name]
	l := life{Feed: feed.Name, Collected: n["collected"], Gathered: n["gathered"], Archived: n["archived"], Destroyed: n["destroyed"]}
	l.Governed = l.Gathered - min(n["faulty"], l.Gathered)
	for _, s := range feed.Claims {
		for _, field := range s.Fields {
			l.Shared = max(l.Shared, figures[s.Library+"."+field.Element]["given"])
		}
	}
	for _, s := range []struct {
		name string
		n    uint64
	}{{"collected", l.Collected}, {"gathered", l.Gathered}, {"governed", l.Governed}, {"shared", min(l.Shared, l.Gathered)}, {"archived", l.Archived}, {"destroyed", l.Destroyed}} {
		if s.n > 0 {
			l.Stage = s.name
		}
	}
	return l
}

func printLives(out io.Writer, list []life) error {
	w := tabwriter.NewWriter(out, 2, 8, 2, ' ', 0)
	fmt.Fprintln(w, "feed\tstage\tcollected 采集\tgathered 汇聚\tgoverned 治理\tshared 共享\tarchived 归档\tdestroyed 销毁")
	for _, l := range list {
		fmt.Fprintf(w, "%s\t%s\t%d\t%d\t%d\t%d\t%d\t%d\n", l.Feed, l.Stage, l.Collected, l.Gathered, l.Governed, l.Shared, l.Archived, l.Destroyed)
	}
	return w.Flush()
}

func archiveCommand() *cobra.Command {
	var f flags
	var out, note string
	cmd := &cobra.Command{
		Use:   "archive FEED",
		Short: "归档: write the live records of a feed into a file with a signed manifest, and keep a record of it",
		Long: "write the live records of a feed, as they were last said, into a file of JSON lines beside a signed manifest with its digest and count, and keep a\n" +
			"record of it. The file holds what the records hold: it is made for the owner alone. Nothing is deleted: one record is destroyed by `wuku erase`, a\n" +
			"whole feed by `wuku lifecycle destroy`.",
		Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			return with(cmd.Context(), f, func(in *instance) error {
				files, err := in.archive(cmd.Context(), args[0], out, note)
				for _, file := range files {
					fmt.Fprintln(cmd.OutOrStdout(), file)
				}
				return err
			})
		},
	}
	f.add(cmd)
	cmd.Flags().StringVar(&out, "out", ".", "directory for the files")
	cmd.Flags().StringVar(&note, "note", "", "why, without personal values")
	return cmd
}

// manifest is what is signed of an archive.
type manifest struct {
	Feed      string    `json:"feed"`
	At        time.Time `json:"at"`
	Catalogue uint32    `json:"catalogue"`
	Mapping   string    `json:"mapping"` // digest of the feed's mapping
	File      string    `json:"file"`
	Records   uint64    `json:"records"`
	SHA256    string    `json:"sha256"`
	Note      string    `json:"note,omitempty"`
}

// archived is one line of an archive.
type archived struct {
	Library   string            `json:"library"`
	Record    string            `json:"record"`
	Role      string            `json:"role,omitempty"`
	Version   string            `json:"version"`
	EventTime time.Time         `json:"event_time"`
	Topic     string            `json:"topic"`
	Partition uint32            `json:"partition"`
	Offset    uint64            `json:"offset"`
	Values    map[string]string `json:"values"`
}

func (in *instance) archive(ctx context.Context, feed, dir, note string) (files []string, err error) {
	now := in.current.Load()
	declared := now.catalog.Feed(feed)
	if declared == nil {
		return nil, fmt.Errorf("the catalogue in force has no feed %q", feed)
	}
	at := time.Now().UTC().Truncate(time.Millisecond)
	m := manifest{Feed: feed, At: at, Catalogue: now.revision, Mapping: now.catalog.MappingDigest(feed), Note: note, File: "archive-" + feed + "-" + at.Format("20060102T150405") + ".jsonl"}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, err
	}
	path := filepath.Join(dir, m.File)
	file, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, file.Close()) }()
	hash := sha256.New()
	w := bufio.NewWriter(io.MultiWriter(file, hash))
	var libraries []string
	for _, s := range declared.Claims {
		if !slices.Contains(libraries, s.Library) {
			libraries = append(libraries, s.Library)
		}
	}
	for _, library := range libraries {
		n, err := in.archiveRows(ctx, w, feed, library)
		if m.Records += n; err != nil {
			return nil, err
		}
	}
	if err := errors.Join(w.Flush(), file.Sync()); err != nil {
		return nil, err
	}
	m.SHA256 = hex.EncodeToString(hash.Sum(nil))
	text, err := json.Marshal(m, jsontext.WithIndent("  "), json.Deterministic(true))
	if err != nil {
		return nil, err
	}
	name := m.File + ".manifest.json"
	signed, err := trust.SignDocument(in.data, name, text)
	if err != nil {
		return nil, err
	}
	manifestPath := filepath.Join(dir, name)
	if err := errors.Join(os.WriteFile(manifestPath, text, 0o600), os.WriteFile(manifestPath+".sig", signed, 0o600)); err != nil {
		return nil, err
	}
	row := map[string]any{"Feed": feed, "Stage": "archived", "At": at.UnixMilli(), "By": "local", "Records": m.Records, "Digest": m.SHA256, "Note": note}
	return []string{path, manifestPath, manifestPath + ".sig"}, in.store.Exec(ctx, "query/lifecycle_add", row)
}

func (in *instance) archiveRows(ctx context.Context, w io.Writer, feed, library string) (n uint64, err error) {
	data := map[string]any{"Feed": feed, "Library": library, "Names": in.current.Load().columns[library]}
	err = in.store.Query(ctx, "query/archive_rows", data, func(scan func(...any) error) error {
		a := archived{Library: library, Values: map[string]string{}}
		var names, values []string
		if err := scan(&a.Record, &a.Role, &a.Version, &a.EventTime, &a.Topic, &a.Partition, &a.Offset, &names, &values); err != nil {
			return err
		}
		for i, name := range names {
			a.Values[name] = values[i]
		}
		line, err := json.Marshal(a, json.Deterministic(true))
		if err != nil {
			return err
		}
		n++
		_, err = w.Write(append(line, '\n'))
		return err
	})
	return n, err
}
