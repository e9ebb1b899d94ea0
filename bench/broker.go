package bench

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	"wuku/engine"
	"wuku/ingest"
)

// envBroker makes this binary the bench's broker, with its data in the directory that it names.
const envBroker = "WUKU_BENCH_BROKER"

// RunIfChild becomes the broker of a bench, and never returns, when this process was started as one; otherwise it returns at
// once. It belongs beside engine.RunIfChild at the beginning of main, and of TestMain.
func RunIfChild() {
	dir := os.Getenv(envBroker)
	if dir == "" {
		return
	}
	if err := serveBroker(dir); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	os.Exit(0)
}

// serveBroker prints its address and serves until standard input, which only the parent holds, ends.
func serveBroker(dir string) error {
	b, err := engine.StartBroker(engine.BrokerConfig{Dir: dir})
	if err != nil {
		return err
	}
	fmt.Println(b.Address())
	_, err = io.Copy(io.Discard, os.Stdin)
	return errors.Join(err, b.Close())
}

// broker is the one that a run uses.
type broker struct {
	address string
	process process
	close   func()
}

func (b *broker) kafka() ingest.Kafka { return ingest.Kafka{Brokers: strings.Split(b.address, ",")} }

// openBroker takes the broker that is given or starts one in a process of its own.
func openBroker(ctx context.Context, cfg Config, dir string) (*broker, error) {
	if cfg.Kafka != "" {
		return &broker{address: cfg.Kafka, process: process{cfg.BrokerPID}, close: func() {}}, nil
	}
	binary, err := os.Executable()
	if err != nil {
		return nil, err
	}
	cmd := exec.CommandContext(ctx, binary)
	cmd.Env = append(os.Environ(), envBroker+"="+filepath.Join(dir, "broker"))
	cmd.Stderr = os.Stderr
	stdin, err := cmd.StdinPipe()
	if err != nil {
		return nil, err
	}
	stdout, err := cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := cmd.Start(); err != nil {
		return nil, fmt.Errorf("start the broker's process: %w", err)
	}
	b := &broker{process: process{cmd.Process.Pid}, close: func() {
		stdin.Close()
		_ = cmd.Wait() // nothing of it is kept
	}}
	line, err := bufio.NewReader(stdout).ReadString('\n')
	if err != nil {
		b.close()
		return nil, fmt.Errorf("the broker's process ended before it answered: %w", err)
	}
	b.address = strings.TrimSpace(line)
	return b, nil
}
