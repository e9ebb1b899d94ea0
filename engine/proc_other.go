//go:build unix && !linux

package engine

import "syscall"

// dieWithParent gives the child a process group of its own, so that a terminal's Ctrl-C reaches only the parent. The end
// of the pipe on its standard input is what stops it when the parent dies.
func dieWithParent() *syscall.SysProcAttr {
	return &syscall.SysProcAttr{Setpgid: true}
}
