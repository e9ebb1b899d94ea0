package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"

	"github.com/spf13/cobra"

	"wuku/backup"
	"wuku/engine"
)

func restoreCommand() *cobra.Command {
	var f flags
	var secret string
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "restore BACKUP",
		Short: "make an instance from a backup, in an empty or new --data directory, and compare its libraries with the backup's roots",
		Args:  cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			m, err := restore(cmd.Context(), f, args[0], secret)
			if err != nil {
				return err
			}
			return printManifest(cmd, args[0], m, asJSON)
		},
	}
	cmd.Flags().StringVar(&f.data, "data", "data", "directory of the instance to make")
	cmd.Flags().BoolVarP(&f.verbose, "verbose", "v", false, "log what happens")
	cmd.Flags().StringVar(&secret, "passphrase-file", "", "file whose first line the backup was made with")
	cmd.Flags().BoolVar(&asJSON, "json", false, "print JSON")
	return cmd
}

// restore reads the backup into a directory beside --data, proves it, opens it, and only then gives it its name.
func restore(ctx context.Context, f flags, source, secret string) (*backup.Manifest, error) {
	pass, err := backup.Passphrase(secret)
	if err != nil {
		return nil, err
	}
	if entries, err := os.ReadDir(f.data); err == nil && len(entries) > 0 {
		return nil, fmt.Errorf("%s is not empty: a restore makes a new instance and touches no other; name another directory with --data", f.data)
	} else if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	beside := filepath.Clean(f.data) + ".restoring"
	if err := errors.Join(os.RemoveAll(beside), os.MkdirAll(beside, 0o700)); err != nil {
		return nil, err
	}
	m, err := restoreInto(ctx, f, source, pass, beside)
	if err != nil {
		return nil, errors.Join(err, os.RemoveAll(beside))
	}
	if err := os.Remove(f.data); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	return m, os.Rename(beside, f.data)
}

func restoreInto(ctx context.Context, f flags, source, pass, dir string) (*backup.Manifest, error) {
	o, err := backup.Open(source, pass, dir)
	if err != nil {
		return nil, err
	}
	if o.Manifest.Engine != engine.LibraryVersion {
		return nil, fmt.Errorf("the backup was made with the engine %s; this program has %s: restore with the version of wuku that made it, then upgrade", o.Manifest.Engine, engine.LibraryVersion)
	}
	for name, content := range o.Secrets {
		if !filepath.IsLocal(name) {
			return nil, fmt.Errorf("the backup's secret file %q would lie outside the directory", name)
		}
		if err := os.WriteFile(filepath.Join(dir, filepath.FromSlash(name)), content, 0o600); err != nil {
			return nil, err
		}
	}
	got := backup.Manifest{}
	if err := describe(ctx, flags{data: dir, verbose: f.verbose}, dir, &got); err != nil {
		return nil, fmt.Errorf("the restored engine does not open: %w", err)
	}
	if !slices.Equal(got.Libraries, o.Manifest.Libraries) {
		return nil, fmt.Errorf("the restored libraries are not those of the backup: %v, want %v", got.Libraries, o.Manifest.Libraries)
	}
	return o.Manifest, nil
}
