package engine

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// envThaw makes this binary the guard of a frozen engine: the process id that it wakes when its standard input ends.
const envThaw = "WUKU_ENGINE_THAW"

// freezeTimeout is how long the threads of an engine may take to stand still: one that writes to a slow disk ends that first.
const freezeTimeout = 10 * time.Second

// Frozen is an engine that stands still.
type Frozen struct {
	// Running tells that a server was stopped (SIGSTOP); else none ran, and the directory is taken so that none can start.
	Running bool
	release func() error
}

// Thaw lets the engine go on, or gives the directory free.
func (f *Frozen) Thaw() error { return f.release() }

// Freeze makes the files of the engine in dir stand still until Thaw: what lies there then is what the engine's sudden death would
// have left, and starting it on a copy is safe for the same reason. Its clients wait meanwhile. When this process dies before Thaw,
// however it dies, a guard lets the engine go on.
func Freeze(ctx context.Context, dir string) (*Frozen, error) {
	dir, err := filepath.Abs(dir)
	if err != nil {
		return nil, fmt.Errorf("engine: %w", err)
	}
	lock, err := lockDir(dir)
	if err == nil {
		return &Frozen{release: lock.Close}, nil
	}
	pid, found := serverIn(dir)
	if !found {
		return nil, fmt.Errorf("engine: %w, and no server runs in it: it starts or ends just now, try again", err)
	}
	dismiss, err := guardOf(pid)
	if err != nil {
		return nil, err
	}
	thaw := func() error { return errors.Join(wake(pid), dismiss()) }
	if err := stand(ctx, pid); err != nil {
		return nil, errors.Join(err, thaw())
	}
	return &Frozen{Running: true, release: thaw}, nil
}

// serverIn finds the child process that serves a directory.
func serverIn(dir string) (pid int, found bool) {
	wanted := []byte(envConfig + "=" + filepath.Join(dir, "server.xml"))
	environments, _ := filepath.Glob("/proc/[0-9]*/environ")
	for _, path := range environments {
		environ, err := os.ReadFile(path)
		if err != nil {
			continue // another user's, or gone
		}
		for v := range bytes.SplitSeq(environ, []byte{0}) {
			if bytes.Equal(v, wanted) {
				pid, err = strconv.Atoi(filepath.Base(filepath.Dir(path)))
				return pid, err == nil
			}
		}
	}
	return 0, false
}

// stand stops a process and waits until each of its threads stands still.
func stand(ctx context.Context, pid int) error {
	if err := syscall.Kill(pid, syscall.SIGSTOP); err != nil {
		return fmt.Errorf("engine: stopping process %d: %w; are you its user?", pid, err)
	}
	ctx, cancel := context.WithTimeout(ctx, freezeTimeout)
	defer cancel()
	for !stands(pid) {
		select {
		case <-ctx.Done():
			return fmt.Errorf("engine: process %d does not stand still: %w", pid, ctx.Err())
		case <-time.After(time.Millisecond):
		}
	}
	return nil
}

// stands reports whether all threads of a process are stopped.
func stands(pid int) bool {
	threads, _ := filepath.Glob(fmt.Sprintf("/proc/%d/task/*/stat", pid))
	for _, path := range threads {
		stat, err := os.ReadFile(path)
		if err != nil {
			continue // the thread has ended
		}
		_, behind, _ := strings.Cut(string(stat), ") ") // the name before it may hold anything
		if !strings.HasPrefix(behind, "T") {
			return false
		}
	}
	return len(threads) > 0
}

// wake lets a process go on.
func wake(pid int) error {
	if err := syscall.Kill(pid, syscall.SIGCONT); err != nil && !errors.Is(err, syscall.ESRCH) {
		return fmt.Errorf("engine: waking process %d: %w", pid, err)
	}
	return nil
}

// guardOf starts a process that wakes pid when we end, and returns what ends it.
func guardOf(pid int) (dismiss func() error, err error) {
	self, err := os.Executable()
	if err != nil {
		return nil, fmt.Errorf("engine: guard: %w", err)
	}
	cmd := exec.Command(self)
	cmd.Env = append(os.Environ(), envThaw+"="+strconv.Itoa(pid))
	cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true} // a signal for our group is not for it
	stdin, err := cmd.StdinPipe()
	if err != nil {
		return nil, fmt.Errorf("engine: guard: %w", err)
	}
	stdout, err := cmd.StdoutPipe()
	if err != nil {
		return nil, fmt.Errorf("engine: guard: %w", err)
	}
	if err := cmd.Start(); err != nil {
		return nil, fmt.Errorf("engine: guard: %w", err)
	}
	said := make([]byte, 1)
	if _, err := io.ReadFull(stdout, said); err != nil || said[0] != '.' {
		return nil, errors.Join(fmt.Errorf("engine: the guard of a frozen engine did not start: %v; does main call RunIfChild first?", err), stdin.Close(), cmd.Wait())
	}
	return func() error { return errors.Join(stdin.Close(), cmd.Wait()) }, nil
}

// guard is what the guard does.
func guard(text string) error {
	signal.Ignore(syscall.SIGINT, syscall.SIGTERM, syscall.SIGHUP, syscall.SIGPIPE)
	pid, err := strconv.Atoi(text)
	if err != nil || pid <= 1 {
		return fmt.Errorf("engine: %s=%q: want a process id", envThaw, text)
	}
	if _, err := os.Stdout.Write([]byte{'.'}); err != nil {
		return err
	}
	_, _ = io.Copy(io.Discard, os.Stdin) // ends with whoever holds the other end
	return wake(pid)
}
