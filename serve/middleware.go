package serve

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json/v2"
	"errors"
	"net"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"time"

	"golang.org/x/time/rate"

	"wuku/serve/access"
	"wuku/serve/signed"
	"wuku/trust"
)

// contentPolicy lets pages load nothing from elsewhere and run nothing inline.
const contentPolicy = "default-src 'self'; img-src 'self' data:; object-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"

// exchange is what is known of one request beside its content. It belongs to the goroutine that answers.
type exchange struct {
	caller trust.Principal
	book   *access.Folded // what was granted when the request came; nil for nobody
	lang   string
	match  string // If-None-Match
	leaf   trust.Leaf
	// further are the leaves of an answer of several libraries, beside leaf: each says what of one library was given, under which grant.
	further []trust.Leaf
}

type exchangeKey struct{}

func exchangeOf(ctx context.Context) *exchange {
	if x, ok := ctx.Value(exchangeKey{}).(*exchange); ok {
		return x
	}
	return &exchange{lang: langZH}
}

// recorder remembers the status of an answer.
type recorder struct {
	http.ResponseWriter
	status int
}

// WriteHeader notes the status.
func (r *recorder) WriteHeader(status int) {
	r.status = status
	r.ResponseWriter.WriteHeader(status)
}

// Unwrap lets http.ResponseController reach the connection.
func (r *recorder) Unwrap() http.ResponseWriter { return r.ResponseWriter }

// outer is around everything: headers, language, caller, rate, metrics, and the last stop of a panic.
func (s *Server) outer(mux *http.ServeMux) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		start := time.Now()
		rec := &recorder{ResponseWriter: w, status: http.StatusOK}
		h := w.Header()
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("Referrer-Policy", "no-referrer")
		h.Set("Content-Security-Policy", contentPolicy)
		h.Set("Cache-Control", "no-store")
		if len(r.TransferEncoding) > 0 { // it may have said its length, too, and a proxy may have believed that: what comes behind is nobody's
			h.Set("Connection", "close")
		}
		x := &exchange{lang: language(r.Header.Get("Accept-Language")), match: r.Header.Get("If-None-Match")}
		r = r.WithContext(context.WithValue(r.Context(), exchangeKey{}, x))
		defer s.finish(rec, r, start)
		if p := s.identify(r, x); p != nil {
			writeProblem(rec, p)
			return
		}
		slowReaders(w, x.caller.ID != "")
		mux.ServeHTTP(rec, r)
	})
}

// finish counts the answer, and ends a panic that nothing nearer has caught: an empty 500.
func (s *Server) finish(rec *recorder, r *http.Request, start time.Time) {
	if cause := recover(); cause != nil {
		s.cfg.Log.Error("panic while answering", "pattern", r.Pattern) // the cause may hold values
		rec.WriteHeader(http.StatusInternalServerError)
	}
	s.metrics.answered(r.Pattern, rec.status, time.Since(start))
}

// identify finds out who calls. Nobody is nobody; a key or token that is not valid is refused wherever it is sent.
func (s *Server) identify(r *http.Request, x *exchange) *Problem {
	header := r.Header.Get("Authorization")
	caller, there, err := s.signedIn(r)
	if signed.Is(r) {
		there = true
		caller, err = s.signedCall(r)
	} else if header != "" {
		scheme, key, _ := strings.Cut(header, " ")
		if !strings.EqualFold(scheme, "Bearer") {
			return problem(x.lang, codeKey)
		}
		there = true
		caller, err = s.authenticate(r, strings.TrimSpace(key))
	}
	var fault *signed.Fault
	if !there || errors.Is(err, trust.ErrKey) || errors.As(err, &fault) {
		switch {
		case !s.addresses.allow(r):
			return problem(x.lang, codeRate)
		case fault != nil:
			return problem(x.lang, codeSignature).at("header."+fault.Location, fault.Code)
		case there:
			return problem(x.lang, codeKey)
		}
		return nil
	}
	if err == nil {
		x.book, err = s.cfg.Access.Now(r.Context())
	}
	if err != nil {
		s.cfg.Log.Error("grants and keys", "error", cause(err))
		return problem(x.lang, codeEngine)
	}
	if !s.limits.allow(caller.ID) {
		return problem(x.lang, codeRate)
	}
	x.caller = caller
	return nil
}

// authenticate says for whom a key of ours or a token of the identity provider stands.
func (s *Server) authenticate(r *http.Request, key string) (trust.Principal, error) {
	if s.people != nil && isToken(key) {
		return s.bearer(r.Context(), key, certificateOf(r))
	}
	return s.cfg.Access.Authenticate(r.Context(), key, certificateOf(r))
}

// certificateOf is the SHA-256 of the connection's client certificate, which TLS has checked; "" for none.
func certificateOf(r *http.Request) string {
	if r.TLS == nil || len(r.TLS.PeerCertificates) == 0 {
		return ""
	}
	sum := sha256.Sum256(r.TLS.PeerCertificates[0].Raw)
	return hex.EncodeToString(sum[:])
}

// limits is one token bucket a key.
type limits struct {
	perSecond float64
	buckets   sync.Map // id of the key -> *rate.Limiter; only known keys get one
}

func (l *limits) allow(id string) bool {
	b, ok := l.buckets.Load(id)
	if !ok {
		b, _ = l.buckets.LoadOrStore(id, rate.NewLimiter(rate.Limit(l.perSecond), max(int(l.perSecond), 1)))
	}
	return b.(*rate.Limiter).Allow()
}

// writeProblem answers with a problem outside huma.
func writeProblem(w http.ResponseWriter, p *Problem) {
	body, err := json.Marshal(p)
	if err != nil {
		p.Status, body = http.StatusInternalServerError, nil
	}
	problemHeaders(w.Header(), p)
	w.WriteHeader(p.Status)
	_, _ = w.Write(body) // the caller has gone: nobody is left to tell
}

func problemHeaders(h http.Header, p *Problem) {
	h.Set("Content-Type", p.ContentType(""))
	h.Set("Content-Language", p.lang)
	switch p.Status {
	case http.StatusUnauthorized:
		h.Set("WWW-Authenticate", `Bearer realm="wuku"`)
	case http.StatusTooManyRequests:
		h.Set("Retry-After", strconv.Itoa(1))
	}
}

// local reports whether a request comes from this machine itself and not through a proxy on it.
func local(r *http.Request) bool {
	host, _, err := net.SplitHostPort(r.RemoteAddr)
	if err != nil || r.Header.Get("X-Forwarded-For") != "" || r.Header.Get("Forwarded") != "" {
		return false
	}
	ip := net.ParseIP(host)
	return ip != nil && ip.IsLoopback()
}
