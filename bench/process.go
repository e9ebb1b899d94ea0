package bench

import (
	"bytes"
	"fmt"
	"os"
	"strconv"
)

// ticks is the unit of times in /proc on Linux: hundredths of a second on every machine that Go runs on.
const ticks = 100

// process is one that is measured. ID 0 is none: all its figures are 0.
type process struct {
	ID int
}

// self is our own.
func self() process { return process{os.Getpid()} }

// cpu is the processor time it has taken so far, in seconds, of all its threads; 0 where that cannot be known.
func (p process) cpu() float64 {
	b, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", p.ID))
	if err != nil {
		return 0
	}
	// The second field is the name in brackets and may hold anything; user and system time are the 14th and 15th.
	fields := bytes.Fields(b[bytes.LastIndexByte(b, ')')+1:])
	if len(fields) < 13 {
		return 0
	}
	sum := 0
	for _, f := range fields[11:13] {
		n, err := strconv.Atoi(string(f))
		if err != nil {
			return 0
		}
		sum += n
	}
	return float64(sum) / ticks
}

// forgetPeak makes the peak of its memory count from now on.
func (p process) forgetPeak() {
	if p.ID != 0 {
		// Without the right to, or without /proc, the peak is that of its whole life, which is never less.
		_ = os.WriteFile(fmt.Sprintf("/proc/%d/clear_refs", p.ID), []byte("5"), 0)
	}
}

// peak is the most memory it has held since forgetPeak, in bytes.
func (p process) peak() int64 {
	b, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", p.ID))
	if err != nil {
		return 0
	}
	_, rest, found := bytes.Cut(b, []byte("VmHWM:"))
	fields := bytes.Fields(rest)
	if !found || len(fields) == 0 {
		return 0
	}
	kb, err := strconv.ParseInt(string(fields[0]), 10, 64)
	if err != nil {
		return 0
	}
	return kb << 10
}

// three are the processes of a run.
type three struct{ own, engine, broker process }

func (t three) cpu() CPU {
	return CPU{Own: t.own.cpu(), Engine: t.engine.cpu(), Broker: t.broker.cpu()}
}

func (t three) forgetPeak() {
	t.own.forgetPeak()
	t.engine.forgetPeak()
	t.broker.forgetPeak()
}

func (t three) peak() Memory {
	return Memory{Own: t.own.peak(), Engine: t.engine.peak(), Broker: t.broker.peak()}
}
