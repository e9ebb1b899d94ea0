package engine

import (
	"errors"
	"fmt"
	"runtime"
	"syscall"
	"unsafe"

	"github.com/ebitengine/purego"
)

// killingHandler is the type whose virtual functions disarm replaces, as C++ writes its name in the library.
const killingHandler = "19KillingErrorHandler"

// A vtable in the Itanium C++ ABI as this library has it: the type's description, then destructors, then three functions
// exception(…), then logMessageImpl, whose body is empty.
type vtable struct {
	typeInfo  *struct{ _, name *byte }
	_         [2]uintptr
	exception [3]uintptr
	nothing   uintptr
}

// disarm keeps the server alive when a client's connection fails.
//
// clickhouse-local, which libchdb is inside, ends the whole process for an exception that leaves a network thread, and a
// wrong password on the native port is one: anybody on this machine could stop the engine with one packet. A ClickHouse
// server writes such an exception to its log and goes on. There is no switch for it, so the three functions that end the
// process are replaced, in this process's memory, by one of the same type that does nothing. The place is known because
// the library is pinned by its SHA-256, and everything found there is compared with what must be there before a word of
// it is changed. On a platform without a pin nothing is changed.
func disarm(library uintptr) error {
	want, ok := pinOf(runtime.GOOS, runtime.GOARCH)
	if !ok {
		return nil
	}
	anchor, err := purego.Dlsym(library, "chdb_version")
	if err != nil {
		return fmt.Errorf("engine: libchdb: %w", err)
	}
	at := anchor - want.version + want.handler
	table := *(**vtable)(unsafe.Pointer(&at))
	if table.typeInfo == nil || cString(table.typeInfo.name, len(killingHandler)+1) != killingHandler ||
		table.exception[0] != table.exception[1] || table.exception[0] != table.exception[2] {
		return errors.New("engine: libchdb is not laid out as its SHA-256 promises; this is a mistake in wuku")
	}
	page := uintptr(syscall.Getpagesize())
	first := at &^ (page - 1)
	pages := unsafe.Slice(*(**byte)(unsafe.Pointer(&first)), 2*page)
	if err := syscall.Mprotect(pages, syscall.PROT_READ|syscall.PROT_WRITE); err != nil {
		return fmt.Errorf("engine: libchdb: %w", err)
	}
	for i := range table.exception {
		table.exception[i] = table.nothing
	}
	if err := syscall.Mprotect(pages, syscall.PROT_READ); err != nil {
		return fmt.Errorf("engine: libchdb: %w", err)
	}
	return nil
}

// cString reads a NUL-terminated string of at most limit bytes, the NUL included.
func cString(p *byte, limit int) string {
	b := unsafe.Slice(p, limit)
	for i, c := range b {
		if c == 0 {
			return string(b[:i])
		}
	}
	return ""
}
