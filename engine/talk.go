package engine

import (
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"path/filepath"
	"strings"
	"time"
)

// memoryInterval is how often an idle server gives freed memory back to the system.
const memoryInterval = 20 * time.Second

// ready asks over HTTP, which opens last, with our password, so that a stranger on the same port is not taken for ours.
func (e *Engine) ready(ctx context.Context) bool {
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
	own := strings.NewReplacer(`\`, `\\`, `'`, `\'`).Replace(filepath.Join(e.cfg.Dir, "users.xml"))
	_, err := e.query(ctx, UserPlanner, "", "SELECT length(concat(file('"+own+"'), ''))")
	if err == nil || !strings.Contains(err.Error(), "switched off") {
		return fmt.Errorf("engine: this libchdb lets outside users read files (%v); it will not be used", err)
	}
	return nil
}

// giveBackMemory makes an idle engine a small one: after work its allocator keeps some 200 MB of freed pages for a long
// time. It purges only when nothing runs, so that it costs no query anything.
func (e *Engine) giveBackMemory() {
	tick := time.NewTicker(memoryInterval)
	defer tick.Stop()
	ctx := context.Background()
	for {
		select {
		case <-e.done:
			return
		case <-e.closing:
			return
		case <-tick.C:
		}
		busy, err := e.query(ctx, UserOwner, e.secrets.Password,
			"SELECT (SELECT count() FROM system.processes) - 1 + (SELECT count() FROM system.merges)")
		if err == nil && strings.TrimSpace(busy) == "0" {
			// A failure is no harm: the next tick tries again, and a server that is gone is seen by run.
			_, _ = e.query(ctx, UserOwner, e.secrets.Password, "SYSTEM JEMALLOC PURGE")
		}
	}
}

// query runs one statement over HTTP and returns the answer; an error carries the server's message.
func (e *Engine) query(ctx context.Context, user, password, statement string) (string, error) {
	ctx, cancel := context.WithTimeout(ctx, 5*time.Second)
	defer cancel()
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
