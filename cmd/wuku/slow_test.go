package main

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"strings"
	"testing"
	"time"
)

// Attack row 23: sockets that say nothing, say their headers or bodies a byte at a time, and requests of two lengths. All are closed within
// the server's limits, and others are answered all the while.
func TestSlowAndIdleSockets(t *testing.T) {
	t.Parallel()
	const idle = 1000
	address := freePort(t)
	startSmall(t, catalogueOf(t, "suzhou", "suzhou.resident", cityFeed), "--http", address)
	dial := func(text string) net.Conn {
		t.Helper()
		c, err := net.Dial("tcp", address)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { c.Close() })
		if _, err := io.WriteString(c, text); err != nil {
			t.Fatal(err)
		}
		return c
	}
	began := time.Now()
	attackers := map[string]net.Conn{
		"slow headers": dial("GET /healthz HTTP/1.1\r\nHost: x\r\n"),
		"slow body":    dial("POST /api/v1/lookup/person HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 1000\r\n\r\n{"),
		"slow chunks":  dial("POST /api/v1/lookup/person HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n"),
	}
	for i := range idle {
		attackers[fmt.Sprintf("idle %d", i)] = dial("")
	}
	limit := map[string]time.Duration{"slow headers": 5 * time.Second, "slow body": 30 * time.Second, "slow chunks": 30 * time.Second, "idle": 5 * time.Second}
	const slack = 30 * time.Second // the machine may be slow
	for name, c := range attackers {
		go trickle(c, name)
	}
	others := make(chan error, 1)
	stop := make(chan struct{})
	go func() { others <- answered("http://"+address+"/healthz", stop) }()
	for name, c := range attackers {
		kind, _, _ := strings.Cut(name, " ")
		most := limit[kind]
		if kind != "idle" {
			most = limit[name]
		}
		if err := c.SetReadDeadline(began.Add(most + slack)); err != nil {
			t.Fatal(err)
		}
		if _, err := io.Copy(io.Discard, c); errors.Is(err, os.ErrDeadlineExceeded) {
			t.Errorf("%s: still open after %s", name, time.Since(began))
		}
	}
	close(stop)
	if err := <-others; err != nil {
		t.Error(err)
	}
	whole := map[string]bool{"two lengths": true, "strange coding": true, "a megabyte of it": true} // refused; the others may be read in one way only
	for name, text := range map[string]string{
		"two lengths":        "POST /healthz HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nabcdef",
		"length and chunks":  "POST /healthz HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\nGET /metrics HTTP/1.1\r\nHost: x\r\n\r\n",
		"strange coding":     "POST /healthz HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: xchunked\r\n\r\nx",
		"header over a line": "GET /healthz HTTP/1.1\r\nHost: x\r\nA: b\r\n Transfer-Encoding: chunked\r\n\r\n",
		"a megabyte of it":   "GET /healthz HTTP/1.1\r\nHost: x\r\nA: " + strings.Repeat("a", 1<<20) + "\r\n\r\n",
	} {
		c, err := net.Dial("tcp", address)
		if err != nil {
			t.Fatal(err)
		}
		go func() { _, _ = io.WriteString(c, text) }() // a refused one is not read to its end
		_ = c.SetReadDeadline(time.Now().Add(slack))
		statuses := 0
		for r := bufio.NewReader(c); ; {
			a, err := http.ReadResponse(r, nil)
			if err != nil {
				break
			}
			_, _ = io.Copy(io.Discard, a.Body)
			if statuses++; a.StatusCode < 400 && whole[name] {
				t.Errorf("%s: %s", name, a.Status)
			}
			_ = c.SetReadDeadline(time.Now().Add(3 * time.Second)) // for one that was smuggled in behind
		}
		c.Close()
		if statuses > 1 {
			t.Errorf("%s: %d answers to one request", name, statuses)
		}
	}
}

// trickle sends a byte a second until the connection ends; idle sockets send nothing.
func trickle(c net.Conn, name string) {
	text := " "
	switch {
	case strings.HasPrefix(name, "idle"):
		return
	case name == "slow headers":
		text = "X"
	case name == "slow chunks":
		text = "1\r\n \r\n"
	}
	for {
		time.Sleep(time.Second)
		if _, err := io.WriteString(c, text); err != nil {
			return
		}
	}
}

// answered asks again and again until it is told to stop: every call must be answered.
func answered(url string, stop <-chan struct{}) error {
	client := &http.Client{Timeout: 20 * time.Second, Transport: &http.Transport{DisableKeepAlives: true}}
	for n := 0; ; n++ {
		select {
		case <-stop:
			if n < 5 {
				return fmt.Errorf("others had only %d answers", n)
			}
			return nil
		case <-time.After(200 * time.Millisecond):
		}
		a, err := client.Get(url)
		if err != nil {
			return fmt.Errorf("others were not answered: %w", err)
		}
		_, _ = io.Copy(io.Discard, a.Body)
		a.Body.Close()
		if a.StatusCode != http.StatusOK {
			return fmt.Errorf("others got %s", a.Status)
		}
	}
}
