package main

import (
	"os"
	"strings"
	"sync/atomic"
	"syscall"
)

// crashPoint kills the process at the step that WUKU_CRASH names, for the tests that stop the program between each two steps:
// "cycle/changes" at its first passing, "cycle/changes#3" at its third.
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
	return func(name string) {
		if name == want && left.Add(-1) == 0 {
			_ = syscall.Kill(os.Getpid(), syscall.SIGKILL) // nothing is left to handle an error
			select {}
		}
	}
}
