package enginetest

import (
	"bytes"
	_ "embed"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"
)

//go:embed kafka.sh
var kafkaScript []byte

// KafkaServer is Apache Kafka itself, of one or more nodes, each a Java process on loopback. Its methods end the test when
// they cannot do their work, so they are for the test's own goroutine.
type KafkaServer struct {
	// Address is the bootstrap list, host:port with commas between. It stays the same over restarts.
	Address string

	tb       testing.TB
	dir      string
	port     int
	nodes    int
	settings []string
	watchdog *exec.Cmd
	hold     io.Closer // the watchdog's standard input
}

// Kafka starts one node of Apache Kafka for this test and stops it at the test's end. Settings are lines of
// server.properties, for example "auto.create.topics.enable=false"; {port} in them is the port of its listener, {controller} that of its
// controller, {tls} and {mtls} are two more free ports, for listeners that the settings declare. The first start on a machine fetches
// Kafka by Maven.
func Kafka(tb testing.TB, settings ...string) *KafkaServer {
	tb.Helper()
	return KafkaCluster(tb, 1, settings...)
}

// KafkaCluster is Kafka with several nodes: topics have 3 copies, of which 2 must be written, when there are 3 nodes.
func KafkaCluster(tb testing.TB, nodes int, settings ...string) *KafkaServer {
	tb.Helper()
	k := &KafkaServer{tb: tb, dir: tb.TempDir(), nodes: nodes, settings: settings}
	k.guard()
	tb.Cleanup(k.Stop)
	for attempt := 1; ; attempt++ {
		k.port = freePorts(tb, 2*nodes+2)
		err := k.start()
		if err == nil {
			return k
		}
		if attempt == 3 || !strings.Contains(err.Error(), "Address already in use") {
			tb.Fatal(err)
		}
	}
}

// placed are the settings with their ports.
func (k *KafkaServer) placed() []string {
	r := strings.NewReplacer("{port}", strconv.Itoa(k.port), "{controller}", strconv.Itoa(k.port+k.nodes), "{tls}", strconv.Itoa(k.Port(TLS)), "{mtls}", strconv.Itoa(k.Port(MTLS)))
	list := make([]string, len(k.settings))
	for i, s := range k.settings {
		list[i] = r.Replace(s)
	}
	return list
}

// The further ports of a KafkaServer.
const (
	TLS  = 0 // {tls}
	MTLS = 1 // {mtls}
)

// Port is one of the two further ports.
func (k *KafkaServer) Port(which int) int { return k.port + 2*k.nodes + which }

// guard starts a small process that kills all nodes when its standard input ends, which it also does when this process is
// killed: no test leaves a Java machine behind.
func (k *KafkaServer) guard() {
	k.tb.Helper()
	k.watchdog = exec.Command("sh", "-c", `cat >/dev/null; for p in "$0"/n*/pid; do kill -9 "$(cat "$p")" 2>/dev/null; done; exit 0`, k.dir)
	k.watchdog.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	hold, err := k.watchdog.StdinPipe()
	if err == nil {
		k.hold = hold
		err = k.watchdog.Start()
	}
	if err != nil {
		k.tb.Fatal(err)
	}
}

// start runs the script, which starts what does not run and waits until all answer.
func (k *KafkaServer) start() error {
	args := append([]string{"-s", "start", k.dir, strconv.Itoa(k.port), strconv.Itoa(k.nodes)}, k.placed()...)
	cmd := exec.Command("bash", args...)
	cmd.Stdin = bytes.NewReader(kafkaScript)
	var out, diag bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &diag
	if err := cmd.Run(); err != nil {
		return fmt.Errorf("enginetest: starting Kafka: %w: %s", err, diag.String())
	}
	k.Address = strings.TrimSpace(out.String())
	return nil
}

// Kill crashes nodes (kill -9), counted from 1; none named means all. It returns when they are gone.
func (k *KafkaServer) Kill(nodes ...int) {
	k.tb.Helper()
	k.signal(syscall.SIGKILL, nodes)
}

// Shut stops nodes cleanly, counted from 1; none named means all. It returns when they are gone.
func (k *KafkaServer) Shut(nodes ...int) {
	k.tb.Helper()
	k.signal(syscall.SIGTERM, nodes)
}

// Restart starts every node that does not run, on its data, and returns when all answer.
func (k *KafkaServer) Restart() {
	k.tb.Helper()
	if err := k.start(); err != nil {
		k.tb.Fatal(err)
	}
}

// Stop kills every node for good. The test's end calls it; calling it again does nothing.
func (k *KafkaServer) Stop() {
	if err := k.hold.Close(); errors.Is(err, os.ErrClosed) {
		return
	}
	if err := k.watchdog.Wait(); err != nil {
		k.tb.Errorf("enginetest: stopping Kafka: %v", err)
	}
	for i := 1; i <= k.nodes; i++ {
		if pid, err := k.pid(i); err == nil {
			waitGone(k.tb, pid)
		}
	}
}

func (k *KafkaServer) signal(sig syscall.Signal, nodes []int) {
	k.tb.Helper()
	if len(nodes) == 0 {
		for i := 1; i <= k.nodes; i++ {
			nodes = append(nodes, i)
		}
	}
	for _, n := range nodes {
		pid, err := k.pid(n)
		if err == nil {
			err = syscall.Kill(pid, sig)
		}
		if err != nil && !errors.Is(err, syscall.ESRCH) {
			k.tb.Fatalf("enginetest: Kafka node %d: %v", n, err)
		}
		waitGone(k.tb, pid)
	}
}

func (k *KafkaServer) pid(node int) (int, error) {
	b, err := os.ReadFile(filepath.Join(k.dir, fmt.Sprintf("n%d", node), "pid"))
	if err != nil {
		return 0, err
	}
	return strconv.Atoi(strings.TrimSpace(string(b)))
}

// waitGone returns when no process has the id. The nodes are not our children, so there is nothing to wait on but their id.
func waitGone(tb testing.TB, pid int) {
	tb.Helper()
	tick := time.NewTicker(10 * time.Millisecond)
	defer tick.Stop()
	deadline := time.After(30 * time.Second)
	for !errors.Is(syscall.Kill(pid, 0), syscall.ESRCH) {
		select {
		case <-tick.C:
		case <-deadline:
			tb.Errorf("enginetest: process %d does not end", pid)
			return
		}
	}
}

// freePorts returns the first of n consecutive ports that are free now.
func freePorts(tb testing.TB, n int) int {
	tb.Helper()
	for range 50 {
		l, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			tb.Fatal(err)
		}
		first := l.Addr().(*net.TCPAddr).Port
		open := []net.Listener{l}
		for i := 1; i < n && err == nil; i++ {
			if l, err = net.Listen("tcp", fmt.Sprintf("127.0.0.1:%d", first+i)); err == nil {
				open = append(open, l)
			}
		}
		for _, l := range open {
			l.Close()
		}
		if len(open) == n {
			return first
		}
	}
	tb.Fatalf("enginetest: no %d consecutive free ports on 127.0.0.1", n)
	return 0
}
