package main

import (
	"encoding/json/v2"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/segmentio/kafka-go"

	"wuku/backup"
	"wuku/catalog"
	"wuku/entity"
	"wuku/store"
)

// standing is a `wuku up` that the drill starts, kills and starts again.
type standing struct {
	*process
	t   *testing.T
	dir string
}

func stand(t *testing.T, dir string) *standing {
	t.Helper()
	s := &standing{start(t, nil, "up", "--data", dir, "--http", freePort(t)), t, dir}
	until(t, "the instance is ready", func() error {
		if err := s.alive(); err != nil {
			t.Fatal(err)
		}
		if !strings.Contains(s.said(), "ready after") {
			return errors.New(s.said())
		}
		return nil
	})
	return s
}

func (s *standing) world() *world {
	s.t.Helper()
	in := &instance{flags: flags{data: s.dir}}
	r, err := in.readRunning()
	if err != nil {
		s.t.Fatal(err)
	}
	return embedded(r.Kafka, s.dir)
}

// rest waits until all that was published is in the libraries, as `wuku status` says.
func (s *standing) rest() {
	s.t.Helper()
	quiet := 0
	until(s.t, "nothing is behind", func() error {
		out, err := run(s.t, "status", "--data", s.dir, "--json")
		if err != nil {
			return err
		}
		var now status
		if err := json.Unmarshal([]byte(out), &now); err != nil {
			return err
		}
		if !now.Running || now.PID != s.cmd.Process.Pid {
			s.t.Fatalf("status does not see the instance: %s", out)
		}
		behind := now.Behind
		for _, l := range now.Libraries {
			behind += l.Behind
			if l.Finished.IsZero() {
				behind++
			}
		}
		if behind > 0 {
			quiet = 0
			return fmt.Errorf("%d behind", behind)
		}
		if quiet++; quiet < 3 {
			return errors.New("look again")
		}
		return nil
	})
}

// roots are those of `wuku verify`, which must find nothing wrong.
func roots(t *testing.T, dir string) map[string]string {
	t.Helper()
	got := map[string]string{}
	until(t, "verify", func() error { // a cycle may be ending
		out, err := run(t, "verify", "--data", dir, "--json")
		if err != nil {
			return fmt.Errorf("%w: %s", err, out)
		}
		var v verification
		if err := json.Unmarshal([]byte(out), &v); err != nil {
			return err
		}
		for _, l := range v.Libraries {
			got[l.Library] = l.Root
		}
		return nil
	})
	return got
}

// epochs are the newest owner's, by library.
func epochs(t *testing.T, w *world) map[string]uint64 {
	t.Helper()
	got := map[string]uint64{}
	err := w.ask(t.Context(), func(s *store.Store, _ *catalog.Catalog) error {
		for _, l := range entity.Libraries {
			err := s.Query(t.Context(), "cycle/greatest_epoch", map[string]any{"Library": l}, func(scan func(...any) error) error {
				var e uint64
				err := scan(&e)
				got[l] = e
				return err
			})
			if err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return got
}

func passphraseFile(t *testing.T, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "passphrase")
	if err := os.WriteFile(path, []byte(text+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// TestBackupDrill: an instance is backed up while it is being fed, dies, and is restored elsewhere: what the backup holds is proven, what
// came after it is fed again, and the end is that of the instance which died.
func TestBackupDrill(t *testing.T) {
	t.Parallel()
	told, pass := story(t), passphraseFile(t, "a drill's passphrase, synthetic")
	a := stand(t, filepath.Join(t.TempDir(), "first"))
	w := a.world()
	w.publish(t, slices.Concat(told[0], told[1]))
	a.rest()

	tar := filepath.Join(t.TempDir(), "backup.tar")
	made := make(chan error, 1)
	go func() {
		_, err := run(t, "backup", tar, "--data", a.dir, "--passphrase-file", pass)
		made <- err
	}()
	var after []kafka.Message // under load: a bit at a time for as long as the backup takes
	for bit := range slices.Chunk(slices.Concat(told[2], told[3], told[4]), 40) {
		w.publish(t, bit)
		after = append(after, bit...)
		time.Sleep(20 * time.Millisecond)
	}
	if err := <-made; err != nil {
		t.Fatal(err)
	}
	a.rest()
	want := roots(t, a.dir)
	before := epochs(t, w)
	a.kill()
	died := time.Now()

	b := filepath.Join(t.TempDir(), "second")
	if out, err := run(t, "restore", tar, "--data", b, "--passphrase-file", pass); err != nil { // it compares the roots with the manifest's
		t.Fatalf("%v: %s", err, out)
	}
	o, err := backup.Open(tar, "a drill's passphrase, synthetic", "")
	if err != nil {
		t.Fatal(err)
	}
	held := map[string]string{}
	for _, l := range o.Manifest.Libraries {
		held[l.Name] = l.Root
	}
	if cmp.Equal(held, want) {
		t.Error("the backup was made after the load: this drill shows less than it says")
	}
	s := stand(t, b)
	s.rest()
	roots(t, b) // whatever the backup caught in the middle is finished, and nothing is missing
	t.Logf("restored and ready %.1f s after the death; the engine stood still for %.2f s", time.Since(died).Seconds(), o.Manifest.Frozen)
	w = s.world()
	for l, e := range epochs(t, w) {
		if e <= before[l] {
			t.Errorf("%s: epoch %d is not above %d, the newest before the death", l, e, before[l])
		}
	}
	w.publish(t, after) // departments send again what they have no receipt for in the restored topics
	s.rest()
	if diff := cmp.Diff(want, roots(t, b)); diff != "" {
		t.Errorf("roots after the missing messages came again (-died +restored):\n%s", diff)
	}
	for _, l := range entity.Libraries {
		if _, problems, err := w.events(t.Context(), l); err != nil || len(problems) > 0 {
			t.Errorf("events of %s: %v %v", l, problems, err)
		}
	}
	if out, err := run(t, "audit", "verify", "--data", b); err != nil {
		t.Errorf("audit log: %v: %s", err, out)
	}
	badBackups(t, tar, pass, b)
}

// badBackups: what is wrong is refused, and named.
func badBackups(t *testing.T, tar, pass, full string) {
	t.Helper()
	whole, err := os.ReadFile(tar)
	if err != nil {
		t.Fatal(err)
	}
	cut := filepath.Join(t.TempDir(), "cut.tar")
	if err := os.WriteFile(cut, whole[:len(whole)/2/512*512+300], 0o600); err != nil { // never where one file ends and the next begins
		t.Fatal(err)
	}
	empty := filepath.Join(t.TempDir(), "new")
	for name, c := range map[string]struct {
		args []string
		want string
	}{
		"a full directory": {[]string{"restore", tar, "--data", full, "--passphrase-file", pass}, "is not empty"},
		"cut in half":      {[]string{"restore", cut, "--data", empty, "--passphrase-file", pass}, "the backup ends in the middle of it"},
		"no passphrase":    {[]string{"restore", tar, "--data", empty}, "--passphrase-file is missing"},
		"another one":      {[]string{"restore", tar, "--data", empty, "--passphrase-file", passphraseFile(t, "another passphrase")}, "keys.json: it does not open"},
		"its place":        {[]string{"backup", tar, "--data", full, "--passphrase-file", pass}, "is there already"},
		"no instance":      {[]string{"backup", cut + ".tar", "--data", empty, "--passphrase-file", pass}, "there is no instance"},
		"other engines":    {[]string{"backup", cut + ".tar", "--clickhouse", "clickhouse://x:1", "--passphrase-file", pass}, "is made by themselves"},
	} {
		if _, err := run(t, c.args...); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v; want an error with %q", name, err, c.want)
		}
	}
	if _, err := os.Stat(empty); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("a refused restore left %s: %v", empty, err)
	}
}
