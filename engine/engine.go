package engine

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
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

// Engine is one running ClickHouse server in a child process. Its methods may be called concurrently.
type Engine struct {
	cfg     Config
	secrets Secrets
	lock    *os.File // held while the engine lives: one process a directory
	stdin   io.Closer
	proc    *os.Process
	tail    *tail
	done    chan struct{}
	stop    sync.Once
	closing chan struct{}
	err     error // set before done is closed
}

// Start starts the engine and returns when its native and its HTTP port answer with this engine's password. The server
// outlives ctx, which bounds only the start; stop it with Close. It dies with this process in any case.
func Start(ctx context.Context, cfg Config) (*Engine, error) {
	library, err := Library(ctx)
	if err != nil {
		return nil, err
	}
	dir, err := filepath.Abs(cfg.Dir) // the server needs absolute paths
	if err != nil || cfg.Dir == "" {
		return nil, fmt.Errorf("engine: Config.Dir %q: want a directory", cfg.Dir)
	}
	cfg.Dir = dir
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("engine: %w", err)
	}
	lock, err := lockDir(dir)
	if err != nil {
		return nil, err
	}
	e, err := start(ctx, cfg, library, lock)
	if err != nil {
		lock.Close()
		return nil, err
	}
	return e, nil
}

// start prepares the directory, which the caller has locked, runs the child and waits until it answers.
func start(ctx context.Context, cfg Config, library string, lock *os.File) (*Engine, error) {
	if err := pickPorts(&cfg); err != nil {
		return nil, err
	}
	sec, server, err := prepare(cfg)
	if err != nil {
		return nil, err
	}
	e := &Engine{cfg: cfg, secrets: sec, lock: lock, tail: &tail{next: cfg.Log}, done: make(chan struct{}), closing: make(chan struct{})}
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
	e.lock.Close()
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

// ready asks over HTTP, which opens last, with our password, so that a stranger on the same port is not taken for ours.
func (e *Engine) ready(ctx context.Context) bool {
	ctx, cancel := context.WithTimeout(ctx, 5*time.Second)
	defer cancel()
	if _, err := e.query(ctx, UserOwner, e.secrets.Password, "SELECT 1"); err != nil {
		return false
	}
	conn, err := (&net.Dialer{}).DialContext(ctx, "tcp", e.Native())
	if err != nil {
		return false
	}
	conn.Close()
	return true
}

// checkWalls refuses an engine whose outside users can read files: see shadowFile.
func (e *Engine) checkWalls(ctx context.Context) error {
	own := filepath.Join(e.cfg.Dir, "users.xml")
	_, err := e.query(ctx, UserPlanner, "", "SELECT length(concat(file('"+strings.ReplaceAll(own, "'", "\\'")+"'), ''))")
	if err == nil || !strings.Contains(err.Error(), "switched off") {
		return fmt.Errorf("engine: this libchdb lets outside users read files (%v); it will not be used", err)
	}
	return nil
}

// query runs one statement over HTTP and returns the answer; an error carries the server's message.
func (e *Engine) query(ctx context.Context, user, password, statement string) (string, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, "http://"+e.HTTP()+"/", strings.NewReader(statement))
	if err != nil {
		return "", fmt.Errorf("engine: %w", err)
	}
	req.Close = true // an open connection would make the server's clean stop wait for it
	req.Header.Set("X-ClickHouse-User", user)
	req.Header.Set("X-ClickHouse-Key", password)
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return "", fmt.Errorf("engine: %w", err)
	}
	defer resp.Body.Close()
	answer, err := io.ReadAll(resp.Body)
	if err != nil {
		return "", fmt.Errorf("engine: %w", err)
	}
	if resp.StatusCode != http.StatusOK {
		return "", fmt.Errorf("engine: %s: %s", resp.Status, strings.TrimSpace(string(answer)))
	}
	return string(answer), nil
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

// Close stops the server cleanly and returns when its process has ended. When ctx ends first the process is killed, which
// loses no acknowledged insert, and ctx's error is returned. Close may be called again.
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
		return // nothing more can be done; Wait reports the end
	}
	<-e.done
}
