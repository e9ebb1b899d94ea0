package engine_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strings"
	"syscall"
	"testing"
	"time"

	"wuku/engine"
	"wuku/engine/enginetest"
)

// answersIn reports whether the engine answers within a time.
func answersIn(t *testing.T, e endpoint, d time.Duration) bool {
	t.Helper()
	conn := connect(t, e, e.User(), e.Password())
	defer conn.Close()
	ctx, cancel := context.WithTimeout(t.Context(), d)
	defer cancel()
	return conn.Exec(ctx, "SELECT 1") == nil
}

func TestFreezeStopsAndThaws(t *testing.T) {
	t.Parallel()
	e := enginetest.NewClickHouse(t, engine.Config{})
	f, err := engine.Freeze(t.Context(), e.Dir())
	if err != nil {
		t.Fatal(err)
	}
	if !f.Running || answersIn(t, e, 300*time.Millisecond) {
		t.Errorf("it answers while it stands still (running %v)", f.Running)
	}
	if err := f.Thaw(); err != nil {
		t.Fatal(err)
	}
	if !answersIn(t, e, 10*time.Second) {
		t.Error("it does not answer after it thawed")
	}
}

// TestFreezerDies: the engine goes on when who froze it is killed.
func TestFreezerDies(t *testing.T) {
	t.Parallel()
	e := enginetest.NewClickHouse(t, engine.Config{})
	p := startHelper(t, "freeze", e.Dir())
	if line, err := p.out.ReadString('\n'); err != nil || line != "frozen\n" {
		t.Fatalf("the helper said %q, %v", line, err)
	}
	if answersIn(t, e, 300*time.Millisecond) {
		t.Error("it answers while it stands still")
	}
	if err := p.cmd.Process.Signal(syscall.SIGKILL); err != nil {
		t.Fatal(err)
	}
	p.cmd.Wait()
	if !answersIn(t, e, 10*time.Second) {
		t.Error("nobody woke it")
	}
}

func TestFreezeWithoutEngine(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	f, err := engine.Freeze(t.Context(), dir)
	if err != nil || f.Running {
		t.Fatalf("%+v, %v", f, err)
	}
	if _, err := engine.Start(t.Context(), engine.Config{Dir: dir}); err == nil || !strings.Contains(err.Error(), "is in use by process") {
		t.Errorf("an engine started beside a backup: %v", err)
	}
	if _, err := engine.Freeze(t.Context(), dir); err == nil || !strings.Contains(err.Error(), "no server runs in it") {
		t.Errorf("a second backup: %v", err)
	}
	if err := errors.Join(f.Thaw()); err != nil {
		t.Fatal(err)
	}
}

// holdFrozen freezes an engine and waits to be killed.
func holdFrozen() {
	f, err := engine.Freeze(context.Background(), os.Getenv(envDirectory))
	if err != nil || !f.Running {
		fmt.Fprintln(os.Stderr, f, err)
		os.Exit(1)
	}
	fmt.Println("frozen")
	select {}
}
