package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"wuku/engine"
	"wuku/engine/enginetest"
)

// envMain makes this test binary the program: "wuku", or one of the faulty variants in teeth_test.go.
const envMain = "WUKU_TEST_MAIN"

func TestMain(m *testing.M) {
	engine.RunIfChild()
	if os.Getenv(envMain) == "" {
		enginetest.Main(m)
	}
	input, into, err := os.Pipe()
	if err != nil {
		panic(err)
	}
	held := os.Stdin
	os.Stdin = input
	go func() { // the tests hold the other end: no process outlives them
		_, _ = io.Copy(into, held)
		os.Exit(3)
	}()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	err = program(os.Getenv(envMain)).ExecuteContext(ctx)
	if err != nil {
		fmt.Fprintln(os.Stderr, "wuku:", err)
		os.Exit(1)
	}
	os.Exit(0)
}

// patience bounds every wait: the machine may be slow, but what hangs must fail.
const patience = 3 * time.Minute

// until calls ok until it returns nil, and ends the test with its last error when that takes too long.
func until(t *testing.T, what string, ok func() error) {
	t.Helper()
	deadline := time.Now().Add(patience)
	tick := time.NewTicker(50 * time.Millisecond)
	defer tick.Stop()
	for {
		err := ok()
		if err == nil {
			return
		}
		if time.Now().After(deadline) {
			t.Fatalf("%s: not within %s: %v", what, patience, err)
		}
		<-tick.C
	}
}

// process is the program, running as a child.
type process struct {
	cmd   *exec.Cmd
	stdin io.Closer
	done  chan struct{}

	mu     sync.Mutex
	stderr []byte
	err    error
}

// start runs the program with arguments; env are more variables NAME=value.
func start(t *testing.T, env []string, args ...string) *process {
	t.Helper()
	p := &process{cmd: exec.Command(os.Args[0], args...), done: make(chan struct{})}
	p.cmd.Env = append(os.Environ(), append([]string{envMain + "=wuku"}, env...)...)
	p.cmd.Stderr = p
	var err error
	if p.stdin, err = p.cmd.StdinPipe(); err != nil {
		t.Fatal(err)
	}
	if err := p.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	go func() {
		err := p.cmd.Wait()
		p.mu.Lock()
		p.err = err
		p.mu.Unlock()
		close(p.done)
	}()
	t.Cleanup(p.kill)
	return p
}

// Write keeps what the process says on its standard error.
func (p *process) Write(b []byte) (int, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.stderr = append(p.stderr, b...)
	return len(b), nil
}

// said is what the process has written to its standard error.
func (p *process) said() string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return string(p.stderr)
}

// ended reports whether the process has ended, and how.
func (p *process) ended() (bool, error) {
	select {
	case <-p.done:
		p.mu.Lock()
		defer p.mu.Unlock()
		return true, p.err
	default:
		return false, nil
	}
}

func (p *process) signal(s syscall.Signal) { _ = p.cmd.Process.Signal(s) } // it may have ended: then done says so

// kill is kill -9; it returns when the process is gone.
func (p *process) kill() {
	p.signal(syscall.SIGKILL)
	<-p.done
}

// stop ends the process as Ctrl-C does.
func (p *process) stop(t *testing.T) {
	t.Helper()
	p.signal(syscall.SIGTERM)
	select {
	case <-p.done:
	case <-time.After(patience):
		t.Fatalf("wuku does not stop: %s", p.said())
	}
	if _, err := p.ended(); err != nil {
		t.Fatalf("wuku stopped with %v: %s", err, p.said())
	}
}

// alive ends the test when the process has ended by anything but the kill that the test asked for.
func (p *process) alive() error {
	over, err := p.ended()
	if !over {
		return nil
	}
	return fmt.Errorf("wuku ended by itself: %v: %s", err, p.said())
}

// killed reports whether the process ended by SIGKILL.
func (p *process) killed() bool {
	over, err := p.ended()
	var exit *exec.ExitError
	if !over || !errors.As(err, &exit) {
		return false
	}
	status, ok := exit.Sys().(syscall.WaitStatus)
	return ok && status.Signaled() && status.Signal() == syscall.SIGKILL
}

// children are the process ids of a process's children: of `wuku up` that is its ClickHouse engine.
func children(pid int) []int {
	var list []int
	lists, _ := filepath.Glob(fmt.Sprintf("/proc/%d/task/*/children", pid))
	for _, path := range lists {
		b, err := os.ReadFile(path)
		if err != nil {
			continue // the thread has ended
		}
		for _, field := range strings.Fields(string(b)) {
			if n, err := strconv.Atoi(field); err == nil && !slices.Contains(list, n) {
				list = append(list, n)
			}
		}
	}
	return list
}

// run is one command of the program to its end.
func run(t *testing.T, args ...string) (stdout string, err error) {
	t.Helper()
	return runWith(t, "", args...)
}

// runWith is run with something on standard input.
func runWith(t *testing.T, input string, args ...string) (stdout string, err error) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	cmd := exec.CommandContext(ctx, os.Args[0], args...)
	cmd.Env = append(os.Environ(), envMain+"=wuku")
	stdin, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	defer stdin.Close()
	if _, err := io.WriteString(stdin, input); err != nil {
		t.Fatal(err)
	}
	var out, diag strings.Builder
	cmd.Stdout, cmd.Stderr = &out, &diag
	if err := cmd.Run(); err != nil {
		return out.String(), fmt.Errorf("wuku %v: %w: %s", args, err, diag.String())
	}
	return out.String(), nil
}

// answers reports whether a GET of the URL is 200.
func answers(t *testing.T, url string) error {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, url, nil)
	if err != nil {
		return err
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return err
	}
	defer response.Body.Close()
	if response.StatusCode != http.StatusOK {
		return fmt.Errorf("%s: %s", url, response.Status)
	}
	return nil
}
