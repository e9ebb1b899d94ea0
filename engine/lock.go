package engine

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"syscall"
)

// lockDir takes the directory for this process, or says at once who has it. The lock goes with the process, however it
// ends. (The server has a lock of its own, but a second one hangs on it instead of saying so.)
func lockDir(dir string) (*os.File, error) {
	path := filepath.Join(dir, "lock")
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil, fmt.Errorf("engine: %w", err)
	}
	if err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); err != nil {
		defer f.Close()
		who, _ := os.ReadFile(path) // only for the message
		return nil, fmt.Errorf("engine: the directory %s is in use by process %s; stop that one, or give another directory", dir, strings.TrimSpace(string(who)))
	}
	if err := f.Truncate(0); err == nil {
		_, err = fmt.Fprintln(f, os.Getpid())
	}
	if err != nil {
		f.Close()
		return nil, fmt.Errorf("engine: %s: %w", path, err)
	}
	return f, nil
}
