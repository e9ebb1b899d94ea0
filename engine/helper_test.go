package engine_test

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"wuku/engine"
	"wuku/engine/enginetest"
)

// A test that needs another process starts this test binary again, as one of these.
const (
	envHelper    = "WUKU_TEST_HELPER"
	envDirectory = "WUKU_TEST_DIRECTORY"
)

func TestMain(m *testing.M) {
	helper := os.Getenv(envHelper)
	if helper == "recover" {
		go dereferenceNil("child") // as the child it goes on beside the server
	}
	engine.RunIfChild()
	switch helper {
	case "hold":
		hold()
	case "recover":
		recoverBeside()
	case "freeze":
		holdFrozen()
	case "broker":
		holdBroker()
	default:
		enginetest.Main(m)
	}
}

// hold has an engine until it is killed, and prints its child's process id when the engine answers.
func hold() {
	e, err := engine.Start(context.Background(), engine.Config{Dir: os.Getenv(envDirectory), Log: os.Stderr})
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	fmt.Println(e.PID())
	<-e.Done()
}

// holdBroker has a broker until it is killed, and prints its address.
func holdBroker() {
	b, err := engine.StartBroker(engine.BrokerConfig{Dir: os.Getenv(envDirectory), Topics: []string{brokerTopic}, Partitions: 2})
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	fmt.Println(b.Address())
	select {}
}

// recoverBeside has an engine and dereferences nil here and in the child, before and after the library is loaded.
func recoverBeside() {
	go dereferenceNil("parent")
	hold()
}

// dereferenceNil panics and recovers for ever, and says so each time.
func dereferenceNil(where string) {
	for {
		func() {
			defer func() { fmt.Fprintf(os.Stderr, "%s recovered from: %v\n", where, recover()) }()
			var p *struct{ field int }
			p.field++
		}()
		<-time.After(50 * time.Millisecond)
	}
}

// A process is a helper that runs.
type process struct {
	cmd    *exec.Cmd
	out    *bufio.Reader
	err    *bufio.Reader
	stdout io.Closer
}

// startHelper starts a helper on a directory and kills it at the test's end.
func startHelper(t *testing.T, name, dir string) *process {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	p := &process{cmd: exec.Command(self)}
	p.cmd.Env = append(os.Environ(), envHelper+"="+name, envDirectory+"="+dir)
	out, err := p.cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	diag, err := p.cmd.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	p.out, p.err = bufio.NewReader(out), bufio.NewReader(diag)
	if err := p.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		p.cmd.Process.Kill()
		p.cmd.Wait()
	})
	return p
}

// childPID reads the process id that the helper "hold" prints when its engine answers.
func (p *process) childPID(t *testing.T) int {
	t.Helper()
	line, err := p.out.ReadString('\n')
	if err != nil {
		rest, _ := io.ReadAll(p.err)
		t.Fatalf("the helper did not start its engine: %v: %s", err, rest)
	}
	var pid int
	if _, err := fmt.Sscan(line, &pid); err != nil {
		t.Fatalf("the helper said %q: %v", line, err)
	}
	return pid
}

// waitLine reads the helper's standard error up to a line that contains the text.
func (p *process) waitLine(t *testing.T, text string) {
	t.Helper()
	for {
		line, err := p.err.ReadString('\n')
		if strings.Contains(line, text) {
			return
		}
		if err != nil {
			t.Fatalf("the helper ended before it said %q: %v", text, err)
		}
	}
}
