package engine

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"time"
)

// startTimeout is how long a server may take to answer; replaying many parts after a crash takes seconds, not minutes.
const startTimeout = 2 * time.Minute

// portAttempts is how often free ports are picked anew when another process took one between our look and the server's.
const portAttempts = 3

// Engine is one running ClickHouse server in a child process. Its methods may be called concurrently.
type Engine struct {
	cfg     Config
	secrets Secrets
	release func() // frees the directory; called when the child has ended
	stdin   io.Closer
	proc    *os.Process
	tail    *tail
	done    chan struct{}
	stop    sync.Once
	closing chan struct{}
	err     error // set before done is closed
}

// Start starts the engine and returns when its native and its HTTP port answer with this engine's password. The server
// outlives ctx, which bounds only the start; stop it with Close. It dies with this process in any case. A directory that
// another process uses is an error at once.
func Start(ctx context.Context, cfg Config) (*Engine, error) {
	cfg, lock, err := claim(cfg)
	if err != nil {
		return nil, err
	}
	e, err := start(ctx, cfg, func() { lock.Close() })
	if err != nil {
		lock.Close()
		return nil, err
	}
	return e, nil
}

// claim makes the directory this process's own.
func claim(cfg Config) (Config, *os.File, error) {
	if cfg.Dir == "" {
		return cfg, nil, errors.New("engine: Config.Dir is empty: want a directory")
	}
	dir, err := filepath.Abs(cfg.Dir) // the server needs absolute paths
	if err != nil {
		return cfg, nil, fmt.Errorf("engine: %w", err)
	}
	cfg.Dir = dir
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return cfg, nil, fmt.Errorf("engine: %w", err)
	}
	lock, err := lockDir(dir)
	return cfg, lock, err
}

// start runs the engine in a directory that the caller has claimed.
func start(ctx context.Context, cfg Config, release func()) (*Engine, error) {
	library, err := Library(ctx)
	if err != nil {
		return nil, err
	}
	patience, cancel := context.WithTimeout(ctx, orphanGrace+startTimeout)
	defer cancel()
	for attempt := 1; ; {
		try := cfg
		if err := pickPorts(&try); err != nil {
			return nil, err
		}
		e, err := startOn(ctx, try, library, release)
		picked := cfg.TCPPort == 0 || cfg.HTTPPort == 0
		switch {
		case err == nil:
			return e, nil
		case strings.Contains(err.Error(), "Another server instance in same directory"):
			// The directory is ours, so that one's parent was killed and it is still ending.
			select {
			case <-patience.Done():
				return nil, err
			case <-time.After(firstPause):
			}
		case picked && attempt < portAttempts && strings.Contains(err.Error(), "Address already in use"):
			attempt++
		default:
			return nil, err
		}
	}
}

// startOn writes the configuration, runs the child, waits until it answers and proves its walls.
func startOn(ctx context.Context, cfg Config, library string, release func()) (*Engine, error) {
	sec, server, err := prepare(cfg)
	if err != nil {
		return nil, err
	}
	e := &Engine{cfg: cfg, secrets: sec, release: release, tail: &tail{next: cfg.Log}, done: make(chan struct{}), closing: make(chan struct{})}
	started := make(chan error, 1)
	go e.run(library, server, started)
	if err := <-started; err != nil {
		return nil, err
	}
	ctx, cancel := context.WithTimeout(ctx, startTimeout)
	defer cancel()
	if err := e.waitReady(ctx); err != nil {
		e.kill()
		return nil, err
	}
	if err := e.checkWalls(ctx); err != nil {
		e.kill()
		return nil, err
	}
	go e.giveBackMemory()
	return e, nil
}

// run starts the child and waits for its end. It keeps its thread: Linux sends the parent-death signal when the thread that
// forked ends, and Go ends idle threads as it likes.
func (e *Engine) run(library, server string, started chan<- error) {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	cmd, err := e.command(library, server)
	if err == nil {
		err = cmd.Start()
	}
	if err != nil {
		started <- fmt.Errorf("engine: starting the child process: %w", err)
		return
	}
	e.proc = cmd.Process
	started <- nil
	err = cmd.Wait()
	select {
	case <-e.closing:
	default:
		e.err = fmt.Errorf("engine: the server in %s ended by itself (%v): %s", e.cfg.Dir, err, e.tail)
	}
	e.release()
	close(e.done)
}

// command is this same binary as a child (see RunIfChild).
func (e *Engine) command(library, server string) (*exec.Cmd, error) {
	self, err := os.Executable()
	if err != nil {
		return nil, err
	}
	cmd := exec.Command(self)
	cmd.Env = append(os.Environ(), envLibrary+"="+library, envConfig+"="+server)
	cmd.Dir = e.cfg.Dir
	cmd.Stdout, cmd.Stderr = e.tail, e.tail
	cmd.SysProcAttr = dieWithParent()
	e.stdin, err = cmd.StdinPipe()
	return cmd, err
}

// waitReady returns when both ports answer, or an error when the child has ended or ctx has.
func (e *Engine) waitReady(ctx context.Context) error {
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for {
		if e.ready(ctx) {
			return nil
		}
		select {
		case <-e.done:
			return e.Err()
		case <-ctx.Done():
			return fmt.Errorf("engine: the server in %s does not answer: %w: %s", e.cfg.Dir, ctx.Err(), e.tail)
		case <-tick.C:
		}
	}
}

// pickPorts fills in ports that are 0 with ports that are free now.
func pickPorts(cfg *Config) error {
	for _, p := range []*int{&cfg.TCPPort, &cfg.HTTPPort} {
		if *p != 0 {
			continue
		}
		l, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			return fmt.Errorf("engine: no free port on 127.0.0.1: %w", err)
		}
		defer l.Close() // after the loop, so that the two differ
		*p = l.Addr().(*net.TCPAddr).Port
	}
	return nil
}

// Native is the host:port of the native protocol.
func (e *Engine) Native() string { return e.secrets.Native }

// HTTP is the host:port of the HTTP protocol.
func (e *Engine) HTTP() string { return e.secrets.HTTP }

// User is the name of the program's own user, which may do everything.
func (e *Engine) User() string { return UserOwner }

// Password is the password of User.
func (e *Engine) Password() string { return e.secrets.Password }

// ReaderPassword is the password of UserReader.
func (e *Engine) ReaderPassword() string { return e.secrets.ReaderPassword }

// Dir is the engine's directory, as an absolute path.
func (e *Engine) Dir() string { return e.cfg.Dir }

// PID is the process id of the child.
func (e *Engine) PID() int { return e.proc.Pid }

// Done is closed when the child has ended, wanted or not.
func (e *Engine) Done() <-chan struct{} { return e.done }

// Err says why the child ended when nobody had asked it to; nil while it runs and after Close.
func (e *Engine) Err() error {
	select {
	case <-e.done:
		return e.err
	default:
		return nil
	}
}

// Close stops the server cleanly and returns when its process has ended: in some 20 ms, within a second while idle clients
// are connected, and after running queries, for which the server waits up to 5 s. When ctx ends first the process is
// killed, which loses no acknowledged insert, and ctx's error is returned. Close may be called again.
func (e *Engine) Close(ctx context.Context) error {
	e.stop.Do(func() { close(e.closing); e.stdin.Close() })
	select {
	case <-e.done:
		return nil
	case <-ctx.Done():
		e.kill()
		return fmt.Errorf("engine: the server in %s had to be killed: %w", e.cfg.Dir, ctx.Err())
	}
}

// kill ends the child at once and waits for its end.
func (e *Engine) kill() {
	if err := e.proc.Kill(); err != nil && !errors.Is(err, os.ErrProcessDone) {
		return // nothing more can be done; run reports the end
	}
	<-e.done
}
