package engine_test

import (
	"context"
	"errors"
	"net"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/ClickHouse/clickhouse-go/v2"
	"github.com/ClickHouse/clickhouse-go/v2/lib/driver"

	"wuku/engine"
	"wuku/engine/enginetest"
)

// An endpoint is what an Engine and a Supervisor have in common.
type endpoint interface {
	Native() string
	User() string
	Password() string
}

// connect opens the native protocol as a user and closes it at the test's end.
func connect(t *testing.T, e endpoint, user, password string) driver.Conn {
	t.Helper()
	conn, err := clickhouse.Open(&clickhouse.Options{
		Addr: []string{e.Native()},
		Auth: clickhouse.Auth{Username: user, Password: password},
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	return conn
}

// mustExec runs statements as the owner.
func mustExec(t *testing.T, e endpoint, statements ...string) {
	t.Helper()
	conn := connect(t, e, e.User(), e.Password())
	defer conn.Close()
	for _, s := range statements {
		if err := conn.Exec(t.Context(), s); err != nil {
			t.Fatalf("%s: %v", s, err)
		}
	}
}

// count returns the number of rows of a table, as the owner.
func count(t *testing.T, e endpoint, table string) uint64 {
	t.Helper()
	conn := connect(t, e, e.User(), e.Password())
	defer conn.Close()
	var n uint64
	if err := conn.QueryRow(t.Context(), "SELECT count() FROM "+table).Scan(&n); err != nil {
		t.Fatal(err)
	}
	return n
}

// aTable makes base.person with 1,000 rows.
var aTable = []string{
	"CREATE DATABASE base",
	"CREATE TABLE base.person (id UInt64) ENGINE = MergeTree ORDER BY id",
	"INSERT INTO base.person SELECT number FROM numbers(1000)",
}

func TestDataOutlivesRestart(t *testing.T) {
	t.Parallel()
	for name, durable := range map[string]bool{"page cache": false, "durable": true} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			cfg := engine.Config{Dir: t.TempDir(), Durable: durable}
			e := enginetest.NewClickHouse(t, cfg)
			mustExec(t, e, aTable...)
			password := e.Password()
			if err := e.Close(t.Context()); err != nil {
				t.Fatal(err)
			}
			e = enginetest.NewClickHouse(t, cfg)
			if e.Password() != password {
				t.Error("the password changed over a restart")
			}
			if n := count(t, e, "base.person"); n != 1000 {
				t.Errorf("rows after restart: %d, want 1000", n)
			}
		})
	}
}

func TestSettings(t *testing.T) {
	t.Parallel()
	e := enginetest.NewClickHouse(t, engine.Config{Durable: true})
	conn := connect(t, e, e.User(), e.Password())
	for query, want := range map[string]string{
		"SELECT toString(getSetting('async_insert'))":                                         "false",
		"SELECT toString(getSetting('distributed_foreground_insert'))":                        "true",
		"SELECT toString(getSetting('deduplicate_insert'))":                                   "disable",
		"SELECT value FROM system.merge_tree_settings WHERE name = 'fsync_after_insert'":      "1",
		"SELECT value FROM system.merge_tree_settings WHERE name = 'fsync_part_directory'":    "1",
		"SELECT value FROM system.server_settings WHERE name = 'max_server_memory_usage'":     "4294967296",
		"SELECT value FROM system.server_settings WHERE name = 'mark_cache_size'":             "67108864",
		"SELECT toString(count()) FROM system.tables WHERE name IN ('query_log', 'text_log')": "0",
	} {
		var got string
		if err := conn.QueryRow(t.Context(), query).Scan(&got); err != nil || got != want {
			t.Errorf("%s: %q, %v; want %q", query, got, err, want)
		}
	}
}

func TestFilesArePrivate(t *testing.T) {
	t.Parallel()
	e := enginetest.NewClickHouse(t, engine.Config{})
	for _, name := range []string{"engine.json", "server.xml", "users.xml"} {
		st, err := os.Stat(filepath.Join(e.Dir(), name))
		if err != nil {
			t.Fatal(err)
		}
		if st.Mode().Perm() != 0o600 {
			t.Errorf("%s has mode %v, want 0600", name, st.Mode().Perm())
		}
	}
	sec, err := engine.ReadSecrets(e.Dir())
	if err != nil {
		t.Fatal(err)
	}
	if sec.Native != e.Native() || sec.HTTP != e.HTTP() || sec.Password != e.Password() || sec.ReaderPassword != e.ReaderPassword() {
		t.Error("engine.json does not say what the engine says")
	}
}

func TestOddDirectoryNames(t *testing.T) {
	t.Parallel()
	e := enginetest.NewClickHouse(t, engine.Config{Dir: filepath.Join(t.TempDir(), `五库 & "it's" <here>`)})
	mustExec(t, e, aTable...)
}

func TestSecondProcessIsRefused(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	first := startHelper(t, "hold", dir)
	first.childPID(t)
	begin := time.Now()
	_, err := engine.Start(t.Context(), engine.Config{Dir: dir})
	if err == nil || !strings.Contains(err.Error(), "is in use by process") {
		t.Errorf("Start on a directory in use: %v", err)
	}
	if took := time.Since(begin); took > time.Second {
		t.Errorf("it took %v to say so, want under 1 s", took)
	}
}

func TestChildEndsWithKilledParent(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	parent := startHelper(t, "hold", dir)
	child := parent.childPID(t)
	if err := parent.cmd.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	waitGone(t, child)
	e := enginetest.NewClickHouse(t, engine.Config{Dir: dir}) // the directory is free again
	mustExec(t, e, "SELECT 1")
}

func TestStartWaitsForOrphan(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	parent := startHelper(t, "hold", dir)
	child := parent.childPID(t)
	if err := errors.Join(syscall.Kill(child, syscall.SIGSTOP), parent.cmd.Process.Kill()); err != nil {
		t.Fatal(err)
	}
	if _, err := parent.cmd.Process.Wait(); err != nil {
		t.Fatal(err)
	}
	refused := make(chan struct{})
	go func() {
		<-refused
		_ = syscall.Kill(child, syscall.SIGCONT) // it has not ended: it stands still
	}()
	e := enginetest.NewClickHouse(t, engine.Config{Dir: dir, Log: &watchFor{text: "Another server instance", seen: refused}})
	mustExec(t, e, "SELECT 1")
}

// watchFor closes seen when a text is written to it for the first time.
type watchFor struct {
	text string
	seen chan struct{}
	once sync.Once
}

func (w *watchFor) Write(b []byte) (int, error) {
	if strings.Contains(string(b), w.text) {
		w.once.Do(func() { close(w.seen) })
	}
	return len(b), nil
}

// waitGone returns when no process has the id; the orphan is not ours to wait for.
func waitGone(t *testing.T, pid int) {
	t.Helper()
	tick := time.NewTicker(5 * time.Millisecond)
	defer tick.Stop()
	deadline := time.After(15 * time.Second)
	for !errors.Is(syscall.Kill(pid, 0), syscall.ESRCH) {
		select {
		case <-tick.C:
		case <-deadline:
			t.Fatalf("process %d still runs", pid)
		}
	}
}

func TestNilDereferenceIsRecovered(t *testing.T) {
	t.Parallel()
	p := startHelper(t, "recover", t.TempDir())
	p.childPID(t) // the library is loaded and serves
	for _, where := range []string{"child", "parent", "child", "parent"} {
		p.waitLine(t, where+" recovered from: runtime error: invalid memory address or nil pointer dereference")
	}
}

func TestPortInUse(t *testing.T) {
	t.Parallel()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	_, err = engine.Start(t.Context(), engine.Config{Dir: t.TempDir(), TCPPort: l.Addr().(*net.TCPAddr).Port})
	if err == nil || !strings.Contains(err.Error(), "Address already in use") {
		t.Errorf("Start on a port in use: %v", err)
	}
}

func TestCloseWithClientsConnected(t *testing.T) {
	t.Parallel()
	e := enginetest.NewClickHouse(t, engine.Config{})
	if err := connect(t, e, e.User(), e.Password()).Ping(t.Context()); err != nil {
		t.Fatal(err)
	}
	begin := time.Now()
	if err := e.Close(context.Background()); err != nil {
		t.Fatal(err)
	}
	if took := time.Since(begin); took > 3*time.Second {
		t.Errorf("Close took %v with an idle client, want about 1 s", took)
	}
	select {
	case <-e.Done():
	default:
		t.Error("Done is open after Close")
	}
	if err := e.Err(); err != nil {
		t.Errorf("Err after Close: %v", err)
	}
}

func TestKilledChildIsReported(t *testing.T) {
	t.Parallel()
	e := enginetest.NewClickHouse(t, engine.Config{})
	if err := syscall.Kill(e.PID(), syscall.SIGKILL); err != nil {
		t.Fatal(err)
	}
	<-e.Done()
	if err := e.Err(); err == nil || !strings.Contains(err.Error(), "ended by itself (signal: killed)") {
		t.Errorf("Err after kill -9: %v", err)
	}
}

func TestSupervisorRestartsKilledChild(t *testing.T) {
	t.Parallel()
	restarts := make(chan engine.Restart, 8)
	s, err := engine.Watch(t.Context(), engine.Config{Dir: t.TempDir(), Log: t.Output()}, func(r engine.Restart) { restarts <- r })
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(context.Background()); err != nil {
			t.Error(err)
		}
		if err := s.Close(context.Background()); err != nil {
			t.Errorf("second Close: %v", err)
		}
	})
	mustExec(t, s, aTable...)
	native := s.Native()
	for i := 1; i <= 2; i++ {
		if err := syscall.Kill(s.Engine().PID(), syscall.SIGKILL); err != nil {
			t.Fatal(err)
		}
		r := <-restarts
		if r.Count != i || r.Err != nil || r.Cause == nil {
			t.Fatalf("restart %d: %+v", i, r)
		}
		if n := count(t, s, "base.person"); n != 1000 {
			t.Errorf("rows after kill %d: %d, want 1000", i, n)
		}
	}
	if s.Native() != native || s.Engine().Native() != native {
		t.Errorf("the port changed: %s, then %s", native, s.Engine().Native())
	}
	if s.Restarts() != 2 {
		t.Errorf("Restarts: %d, want 2", s.Restarts())
	}
}

func TestSupervisorStopsWhileDown(t *testing.T) {
	t.Parallel()
	failed := make(chan engine.Restart, 100)
	s, err := engine.Watch(t.Context(), engine.Config{Dir: t.TempDir()}, func(r engine.Restart) { failed <- r })
	if err != nil {
		t.Fatal(err)
	}
	native := s.Native()
	if err := syscall.Kill(s.Engine().PID(), syscall.SIGKILL); err != nil {
		t.Fatal(err)
	}
	<-s.Engine().Done()
	l, err := net.Listen("tcp", native) // so that no restart can succeed
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	if r := <-failed; r.Err == nil {
		t.Errorf("a restart on an occupied port: %+v", r)
	}
	if err := s.Close(context.Background()); err != nil {
		t.Error(err)
	}
}
