package serve_test

import (
	"net/http"
	"net/http/httptest"
	"testing"

	"wuku/serve"
)

// TestAddressesAreLimited: one address without a valid key has so many calls and no more, whatever key it tries; other addresses, callers
// with a key and this machine itself go on.
func TestAddressesAreLimited(t *testing.T) {
	t.Parallel()
	w := newWorld(t, func(cfg *serve.Config) { cfg.OpenRate = 0.001 }) // one call, and the next in a quarter of an hour
	for _, c := range []struct {
		name, from, key, forwarded string
		status                     int
	}{
		{"the first", "203.0.113.9:1", "", "", http.StatusOK},
		{"the next, from another port", "203.0.113.9:2", "", "", http.StatusTooManyRequests},
		{"with an address that it invents", "203.0.113.9:3", "", "198.51.100.7", http.StatusTooManyRequests},
		{"with a wrong key", "203.0.113.9:4", "wk.nobody", "", http.StatusTooManyRequests},
		{"with a good one", "203.0.113.9:5", w.keys["service"], "", http.StatusOK},
		{"a wrong key from elsewhere", "203.0.113.10:1", "wk.nobody", "", http.StatusUnauthorized},
		{"and again", "203.0.113.10:1", "wk.nobody", "", http.StatusTooManyRequests},
		{"of another network of IPv6", "[2001:db8:0:1::1]:1", "", "", http.StatusOK},
		{"another address of it", "[2001:db8:0:1:ffff::2]:1", "", "", http.StatusTooManyRequests},
		{"the same as IPv4 in IPv6", "[::ffff:203.0.113.9]:1", "", "", http.StatusTooManyRequests},
		{"by a proxy on this machine", "127.0.0.1:1", "", "198.51.100.8, 198.51.100.9", http.StatusOK},
		{"the same again", "127.0.0.1:1", "", "198.51.100.1, 198.51.100.9", http.StatusTooManyRequests},
		{"another one by the proxy", "127.0.0.1:1", "", "198.51.100.9, 198.51.100.10", http.StatusOK},
		{"this machine", "127.0.0.1:1", "", "", http.StatusOK},
		{"this machine again", "[::1]:1", "", "", http.StatusOK},
	} {
		r := httptest.NewRequest(http.MethodGet, "/healthz", nil)
		r.RemoteAddr = c.from
		if c.key != "" {
			r.Header.Set("Authorization", "Bearer "+c.key)
		}
		if c.forwarded != "" {
			r.Header.Set("X-Forwarded-For", c.forwarded)
		}
		rec := httptest.NewRecorder()
		w.server.Handler().ServeHTTP(rec, r)
		if rec.Code != c.status || c.status == http.StatusTooManyRequests && rec.Header().Get("Retry-After") == "" {
			t.Errorf("%s: %d, want %d: %s", c.name, rec.Code, c.status, rec.Body)
		}
	}
}
