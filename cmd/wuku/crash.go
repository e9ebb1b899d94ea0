package main

import (
	"os"
	"strings"
	"sync/atomic"
	"syscall"
)

// crashPoint kills the process at the step that WUKU_CRASH names, for the tests that stop the program between each two steps:
// "cycle/changes" at its first passing, "cycle/changes#3" at its third. With WUKU_CRASH_SIGNAL=STOP it only stands still there,
// until a SIGCONT: an owner that has grown stale without knowing it.
func crashPoint() func(string) {
	want, nth, _ := strings.Cut(os.Getenv("WUKU_CRASH"), "#")
	if want == "" {
		return nil
	}
	var left atomic.Int64
	left.Store(1)
	if nth != "" {
		left.Store(int64(nth[0] - '0'))
	}
	if os.Getenv("WUKU_CRASH_SIGNAL") == "STOP" {
		return func(name string) {
			if name == want && left.Add(-1) == 0 {
				_ = syscall.Kill(os.Getpid(), syscall.SIGSTOP) // it goes on from here
			}
		}
	}
	return func(name string) {
		if name == want && left.Add(-1) == 0 {
			_ = syscall.Kill(os.Getpid(), syscall.SIGKILL) // nothing is left to handle an error
			select {}
		}
	}
}
