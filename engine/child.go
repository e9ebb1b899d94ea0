package engine

import (
	"fmt"
	"os"
	"os/signal"
	"runtime"
	"syscall"
	"time"
	"unsafe"

	"github.com/ebitengine/purego"
)

// The environment that makes this binary a child: the library to load and the configuration to start with.
const (
	envLibrary = "WUKU_ENGINE_CHILD_LIBRARY"
	envConfig  = "WUKU_ENGINE_CHILD_CONFIG"
)

// orphanGrace is how long a child whose parent has died may take to stop cleanly.
const orphanGrace = 10 * time.Second

// RunIfChild becomes the ClickHouse server, and never returns, when this process was started by Start, or the guard of a frozen engine when
// it was started by Freeze; otherwise it returns at once. It must be the first thing in main, and in TestMain of each test binary that starts
// an engine, because the engine's process is this same binary started again.
func RunIfChild() {
	if pid := os.Getenv(envThaw); pid != "" {
		if err := guard(pid); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		os.Exit(0)
	}
	library, config := os.Getenv(envLibrary), os.Getenv(envConfig)
	if library == "" || config == "" {
		return
	}
	if err := serve(library, config); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	os.Exit(0)
}

// serve loads libchdb and runs its server until standard input ends.
//
// The library is clickhouse-local: the three statements open the native and the HTTP port and then count the lines of
// standard input, a pipe whose other end only our parent holds and never writes to. So the server lives exactly as long as
// the parent, however the parent dies, and the end of the pipe is a clean shutdown.
func serve(library, config string) error {
	ignoreStopSignals()
	h, err := purego.Dlopen(library, purego.RTLD_NOW|purego.RTLD_GLOBAL)
	if err != nil {
		return fmt.Errorf("engine: loading %s: %w", library, err)
	}
	// First of all: libchdb's own signal handlers would take SIGSEGV from the Go runtime, and a nil dereference in Go
	// would then hang the process instead of being a panic that can be recovered.
	var setSignalHandlers func(bool)
	purego.RegisterLibFunc(&setSignalHandlers, h, "chdb_set_signal_handlers_enabled")
	setSignalHandlers(false)
	if err := disarm(h); err != nil {
		return err
	}
	var cmdline func(argc int32, argv unsafe.Pointer) uintptr
	purego.RegisterLibFunc(&cmdline, h, "chdb_query_cmdline")
	argv := cArgs("clickhouse", "-C", config,
		"--structure", "line String", "--input-format", "LineAsString",
		"--query", "SYSTEM START LISTEN TCP; SYSTEM START LISTEN HTTP; SELECT count() FROM table FORMAT Null")
	cmdline(int32(len(argv)-1), unsafe.Pointer(&argv[0]))
	runtime.KeepAlive(argv)
	return nil
}

// cArgs makes a NULL-terminated argv. The strings are kept alive by the pointers in the returned slice.
func cArgs(args ...string) []*byte {
	argv := make([]*byte, 0, len(args)+1)
	for _, a := range args {
		b := append([]byte(a), 0)
		argv = append(argv, &b[0])
	}
	return append(argv, nil)
}

// ignoreStopSignals leaves stopping to the parent, which closes the pipe after its own work is done: a terminal's Ctrl-C or
// a service manager's SIGTERM reaches all processes at once, and a store that stops first fails every write still under
// way. SIGTERM from the kernel after the parent's death (see dieWithParent) starts a deadline for the clean shutdown.
func ignoreStopSignals() {
	parent := os.Getppid()
	c := make(chan os.Signal, 8)
	signal.Notify(c, syscall.SIGINT, syscall.SIGTERM, syscall.SIGHUP)
	go func() {
		for range c {
			if os.Getppid() != parent {
				time.AfterFunc(orphanGrace, func() { os.Exit(1) })
			}
		}
	}()
}
