package main

import (
	"context"
	"encoding/json/v2"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"wuku/backup"
	"wuku/engine"
	"wuku/resolve"
)

var errOtherEngines = errors.New("a backup of ClickHouse servers is made by themselves, and topics are kept by Kafka: docs/operate.md says how; this command is for a --data directory with the embedded engine")

func backupCommand() *cobra.Command {
	var f flags
	var secret string
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "backup TARGET",
		Short: "a consistent copy of an instance, running or stopped: engine, broker, audit log, wrapped keys; a new directory, or a file that ends in .tar",
		Args:  cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			m, err := makeBackup(cmd.Context(), f, args[0], secret)
			if err != nil {
				return err
			}
			return printManifest(cmd, args[0], m, asJSON)
		},
	}
	f.add(cmd)
	cmd.Flags().StringVar(&secret, "passphrase-file", "", "file whose first line wraps the keys and proves the manifest")
	cmd.Flags().BoolVar(&asJSON, "json", false, "print JSON")
	cmd.AddCommand(backupCheckCommand())
	return cmd
}

func backupCheckCommand() *cobra.Command {
	var secret string
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "check BACKUP",
		Short: "read a backup whole and compare every byte with its manifest; names the first file that is not as it was written",
		Args:  cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			pass, err := backup.Passphrase(secret)
			if err != nil {
				return err
			}
			o, err := backup.Open(args[0], pass, "")
			if err != nil {
				return err
			}
			return printManifest(cmd, args[0], o.Manifest, asJSON)
		},
	}
	cmd.Flags().StringVar(&secret, "passphrase-file", "", "file whose first line the backup was made with")
	cmd.Flags().BoolVar(&asJSON, "json", false, "print JSON")
	return cmd
}

func printManifest(cmd *cobra.Command, name string, m *backup.Manifest, asJSON bool) error {
	short := *m
	short.Entries = nil
	if asJSON {
		return printJSON(cmd.OutOrStdout(), struct {
			backup.Manifest `json:",inline"`
			Backup          string `json:"backup"`
			Files           int    `json:"files"`
			Bytes           int64  `json:"bytes"`
		}{short, name, len(m.Entries), m.Bytes()})
	}
	out := cmd.OutOrStdout()
	fmt.Fprintf(out, "%s: %d entries, %s, made %s, catalogue revision %d; the engine stood still for %.2f s\n",
		name, len(m.Entries), bytesText(uint64(m.Bytes())), m.Made.Format("2006-01-02 15:04:05Z"), m.Catalogue, m.Frozen)
	for _, l := range m.Libraries {
		fmt.Fprintf(out, "  %-12s  %9d entities  root %s\n", l.Name, l.Entities, l.Root)
	}
	return nil
}

// staging is where the files of a backup are held by hard links while they are copied, below the instance's directory.
const staging = ".backup"

// makeBackup writes a backup. What it holds is what the engine's sudden death at one instant would have left, and of broker and audit log
// the same moment or a little later; starting on that is what every restart after a kill does.
func makeBackup(ctx context.Context, f flags, target, secret string) (m *backup.Manifest, err error) {
	if f.clickhouse != "" {
		return nil, errOtherEngines
	}
	pass, err := backup.Passphrase(secret)
	if err != nil {
		return nil, err
	}
	if _, err := os.Stat(filepath.Join(f.data, "engine", "engine.json")); err != nil {
		return nil, fmt.Errorf("there is no instance in %s: name its directory with --data", f.data)
	}
	held := filepath.Join(f.data, staging)
	if err := os.RemoveAll(held); err != nil { // of a backup that was broken off
		return nil, err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(held)) }()
	m = &backup.Manifest{Made: time.Now().UTC(), Engine: engine.LibraryVersion}
	files, err := hold(ctx, f.data, held, m)
	if err != nil {
		return nil, err
	}
	secrets, err := secretFiles(f)
	if err != nil {
		return nil, err
	}
	w, err := backup.Create(target, secrets, pass)
	if err != nil {
		return nil, err
	}
	if err := files.write(ctx, w); err != nil {
		return nil, errors.Join(err, w.Abort())
	}
	if err := describe(ctx, f, held, m); err != nil {
		return nil, errors.Join(fmt.Errorf("the copy does not open, so it is no backup: %w", err), w.Abort())
	}
	return m, w.Finish(m)
}

// hold links the instance's files while its engine stands still.
func hold(ctx context.Context, data, held string, m *backup.Manifest) (list heldFiles, err error) {
	frozen, err := engine.Freeze(ctx, filepath.Join(data, "engine"))
	if err != nil {
		return nil, err
	}
	began := time.Now()
	for _, dir := range []string{"engine/data", "broker/data", "audit"} {
		if err = list.link(data, held, dir); err != nil {
			break
		}
	}
	if frozen.Running {
		m.Frozen = time.Since(began).Seconds()
	}
	return list, errors.Join(err, frozen.Thaw())
}

// heldFile is an entry of a backup to come.
type heldFile struct {
	name, path, target string
	mode               fs.FileMode
	size               int64 // as it was when the engine stood still: what is appended later is not taken
}

type heldFiles []heldFile

// passing reports a name that a restart would throw away, or that belongs to the running process.
func passing(name string) bool {
	base := filepath.Base(name)
	return name == "engine/data/status" || strings.HasPrefix(base, "tmp_") || strings.HasPrefix(base, "delete_tmp_") || strings.HasSuffix(base, ".tmp")
}

// link holds a tree by hard links. Files of the engine's parts never change; those of the broker and the audit log only grow, or are
// replaced by new ones under their name.
func (l *heldFiles) link(data, held, tree string) error {
	root := filepath.Join(data, filepath.FromSlash(tree))
	if over := filepath.Dir(root); over != filepath.Clean(data) {
		if info, err := os.Stat(over); err == nil {
			*l = append(*l, heldFile{name: filepath.Base(over), mode: info.Mode()})
		}
	}
	return filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if errors.Is(err, fs.ErrNotExist) {
			return nil // the broker removed a segment; or there is no broker of ours
		}
		if err != nil {
			return err
		}
		rel, err := filepath.Rel(data, path)
		if err != nil {
			return err
		}
		h := heldFile{name: filepath.ToSlash(rel), path: filepath.Join(held, rel)}
		if passing(h.name) {
			if d.IsDir() {
				return fs.SkipDir
			}
			return nil
		}
		return l.one(h, path, d)
	})
}

func (l *heldFiles) one(h heldFile, path string, d fs.DirEntry) error {
	info, err := d.Info()
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	h.mode, h.size = info.Mode(), info.Size()
	switch {
	case d.IsDir():
		h.size, err = 0, os.MkdirAll(h.path, 0o700)
	case info.Mode()&fs.ModeSymlink != 0:
		if h.target, err = os.Readlink(path); err == nil {
			err = os.Symlink(h.target, h.path)
		}
	default:
		err = os.Link(path, h.path)
	}
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("holding %s: %w (engine, broker and audit must lie on the filesystem of the data directory)", h.name, err)
	}
	*l = append(*l, h)
	return nil
}

// write copies what is held into the backup.
func (l heldFiles) write(ctx context.Context, w *backup.Writer) error {
	for _, h := range l {
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if err := h.write(w); err != nil {
			return err
		}
	}
	return nil
}

func (h heldFile) write(w *backup.Writer) error {
	switch {
	case h.target != "":
		return w.Link(h.name, h.target)
	case h.mode.IsDir():
		return w.Dir(h.name, h.mode)
	}
	file, err := os.Open(h.path)
	if err != nil {
		return err
	}
	defer file.Close()
	return w.File(h.name, h.mode, h.size, file)
}

// describe opens the held copy, as a restore would, and reads what the manifest says of it.
func describe(ctx context.Context, f flags, dir string, m *backup.Manifest) (err error) {
	c := &instance{flags: flags{data: dir}, log: logger(f.verbose)}
	defer func() { err = errors.Join(err, c.close()) }()
	if c.key, err = deploymentKey(f); err != nil {
		return err
	}
	if err := c.openEngine(ctx, true); err != nil {
		return err
	}
	if err := c.loadCurrent(ctx); err != nil {
		return err
	}
	m.Catalogue = c.current.Load().revision
	for _, l := range c.current.Load().catalog.Libraries {
		root, n, err := resolve.Published(ctx, c.config(l.Name, nil))
		if err != nil {
			return err
		}
		m.Libraries = append(m.Libraries, backup.Library{Name: l.Name, Root: root, Entities: n})
	}
	return c.store.Query(ctx, "query/status_streams", nil, func(scan func(...any) error) error {
		var s backup.Stream
		var newest int64
		err := scan(&s.Topic, &s.Partition, &s.Revision, &s.Next, &newest)
		m.Streams = append(m.Streams, s)
		return err
	})
}

// secretFiles are the small files of an instance: keys, passwords and notes beside them. All of them are wrapped.
func secretFiles(f flags) (map[string][]byte, error) {
	secrets := map[string][]byte{}
	entries, err := os.ReadDir(f.data)
	if err != nil {
		return nil, err
	}
	for _, e := range entries {
		if !e.Type().IsRegular() || e.Name() == "run.json" {
			continue
		}
		if secrets[e.Name()], err = os.ReadFile(filepath.Join(f.data, e.Name())); err != nil {
			return nil, err
		}
	}
	if f.key != "" {
		if secrets["deployment.key"], err = os.ReadFile(f.key); err != nil {
			return nil, fmt.Errorf("--key-file: %w", err)
		}
	}
	s, err := engine.ReadSecrets(filepath.Join(f.data, "engine"))
	if err != nil {
		return nil, err
	}
	s.Native, s.HTTP = "", "" // the addresses of the instance that was copied: a restored one beside it must not look there
	secrets["engine/engine.json"], err = json.Marshal(s)
	return secrets, err
}
