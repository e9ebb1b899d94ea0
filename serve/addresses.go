package serve

import (
	"net"
	"net/http"
	"net/netip"
	"strings"
	"sync"

	"golang.org/x/time/rate"
)

// mostAddresses is how many addresses are remembered twice over: then the half that was not heard of for longest is forgotten.
const mostAddresses = 10_000

// addresses is one token bucket an address, for those who call without a key or with a wrong one. It may be used concurrently.
type addresses struct {
	perSecond float64

	mu          sync.Mutex
	now, before map[netip.Prefix]*rate.Limiter
}

// allow takes a call from the bucket of the address that it comes from. What comes from this machine itself has none.
func (a *addresses) allow(r *http.Request) bool {
	if local(r) {
		return true
	}
	at := addressOf(r)
	a.mu.Lock()
	defer a.mu.Unlock()
	b, ok := a.now[at]
	if !ok {
		if b, ok = a.before[at]; !ok {
			b = rate.NewLimiter(rate.Limit(a.perSecond), max(int(2*a.perSecond), 1))
		}
		if a.now == nil || len(a.now) >= mostAddresses {
			a.now, a.before = map[netip.Prefix]*rate.Limiter{}, a.now
		}
		a.now[at] = b
	}
	return b.Allow()
}

// addressOf is where a call comes from: of IPv6 the network of 64 bits, since whoever has one address has all of them. What a proxy on this
// machine passes on comes from the address that it has added to X-Forwarded-For; from elsewhere that header is the caller's own invention.
func addressOf(r *http.Request) netip.Prefix {
	host, _, err := net.SplitHostPort(r.RemoteAddr)
	if err != nil {
		return netip.Prefix{}
	}
	at, err := netip.ParseAddr(host)
	if err != nil {
		return netip.Prefix{}
	}
	if list := r.Header.Values("X-Forwarded-For"); at.IsLoopback() && len(list) > 0 {
		last := list[len(list)-1]
		if behind, err := netip.ParseAddr(strings.TrimSpace(last[strings.LastIndexByte(last, ',')+1:])); err == nil {
			at = behind
		}
	}
	bits := 32
	if at = at.Unmap().WithZone(""); at.Is6() {
		bits = 64
	}
	p, err := at.Prefix(bits)
	if err != nil {
		return netip.Prefix{}
	}
	return p
}
