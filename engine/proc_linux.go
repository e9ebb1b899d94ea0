package engine

import "syscall"

// dieWithParent gives the child a process group of its own, so that a terminal's Ctrl-C reaches only the parent, and asks
// the kernel to signal it when the thread that started it ends (see (*Engine).run, which keeps that thread).
func dieWithParent() *syscall.SysProcAttr {
	return &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGTERM}
}
