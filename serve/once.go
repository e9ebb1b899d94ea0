package serve

import (
	"context"
	"encoding/json/v2"
	"errors"
	"hash/fnv"
	"regexp"
	"slices"
	"strings"
	"sync"

	"github.com/ClickHouse/clickhouse-go/v2"

	"wuku/entity"
	"wuku/serve/access"
)

// How a room that the server reaches by an interface says no. An implementation wraps them; a text of its own never leaves.
var (
	ErrNone     = errors.New("there is none")
	ErrNotNow   = errors.New("not possible in its state")
	ErrNotYours = errors.New("somebody else's to do")
	ErrChanged  = errors.New("it has changed since it was seen")
	ErrUnfit    = errors.New("what was sent cannot be read")
	ErrNoBroker = errors.New("there is no broker to publish to")
)

// roomCode is the problem of a room's error; "" for one that is none of them.
func roomCode(err error) string {
	for _, x := range []struct {
		err  error
		code string
	}{{ErrNone, codeNotFound}, {ErrNotNow, codeState}, {ErrNotYours, codeOther}, {ErrChanged, codeChanged}, {ErrUnfit, codeUnfit}, {ErrNoBroker, codeEngine}} {
		if errors.Is(err, x.err) {
			return x.code
		}
	}
	return ""
}

// journal keeps what was done under idempotency keys.
type journal struct {
	tables access.Tables // nil: keys count for nothing
	turns  turns         // the same call at the same time waits
}

// turns lets one at a time do something about one thing. Things share a few locks: now and then one waits for another, and no memory is
// held for a thing.
type turns [64]sync.Mutex

// take waits for the turn of a thing and returns what ends it.
func (t *turns) take(thing string) (end func()) {
	h := fnv.New32a()
	_, _ = h.Write([]byte(thing)) // never fails
	m := &t[h.Sum32()%uint32(len(t))]
	m.Lock()
	return m.Unlock
}

// once does something at most once for an idempotency key of a caller ("" for none): do tells what it was done to, and a repeated call
// gets what again says of that. The same key for another request is refused. A crash between the doing and the note makes a repeated call
// do it again, as if there were no key.
func once[T any](ctx context.Context, s *Server, x *exchange, key string, request any, do func() (*T, string, error), again func(subject string) (*T, error)) (*T, error) {
	if key == "" || s.done.tables == nil {
		out, _, err := do()
		return out, err
	}
	asked, err := json.Marshal(request, json.Deterministic(true))
	if err != nil {
		return nil, err
	}
	id := s.salts.Seal("done", x.caller.Client, string(x.leaf.Operation), key)
	digest := s.salts.Seal("asked", id, string(asked))
	defer s.done.turns.take(id)()
	known, subject := "", ""
	err = s.done.tables.Query(ctx, "query/serve_done", nil, func(scan func(...any) error) error { return scan(&known, &subject) }, clickhouse.Named("id", id))
	switch {
	case err != nil:
		return nil, err
	case known == digest:
		return again(subject)
	case known != "":
		return nil, &access.Refused{Code: access.SameKey}
	}
	out, subject, err := do()
	if err != nil {
		return nil, err
	}
	return out, s.done.tables.Append(ctx, "query/serve_done_add", nil, [][]any{{id, digest, subject, s.cfg.Now().UTC()}})
}

// sealCursor names the place at which a page ends. It is sealed, since it may hold a record's key, and addresses are logged on the way.
func (s *Server) sealCursor(list string, place any) (string, error) {
	text, err := json.Marshal(place)
	return strings.NewReplacer("+", "-", "/", "_").Replace(s.salts.Encrypt(string(text), list)), err
}

// openCursor opens what sealCursor gave for the same list; "" is the beginning.
func (s *Server) openCursor(x *exchange, list, sealed string, place any) error {
	if sealed == "" {
		return nil
	}
	text, err := s.salts.Decrypt(strings.NewReplacer("-", "+", "_", "/").Replace(sealed), list)
	if err == nil {
		err = json.Unmarshal([]byte(text), place)
	}
	if err != nil {
		return problem(x.lang, codeRequest).at("query.after", "invalid")
	}
	return nil
}

// likeNumber is what may be somebody's number, likePhone a mobile phone's.
var (
	likeNumber = regexp.MustCompile(`[0-9A-Za-z]{15,18}`)
	likePhone  = regexp.MustCompile(`(?:^|[^0-9])1[3-9][0-9]{9}(?:[^0-9]|$)`)
)

// Personal reports whether a text holds somebody's number.
func Personal(text string) bool {
	return likePhone.MatchString(text) || slices.ContainsFunc(likeNumber.FindAllString(text, -1), identifies)
}

// impersonal refuses a text that holds somebody's number: it would stand where others read it.
func impersonal(x *exchange, where, text string) error {
	if Personal(text) {
		return problem(x.lang, codePersonal).at(where, "invalid")
	}
	return nil
}

// noted is one value that an answer shows, for the record.
type noted struct {
	library, element string
	entity           entity.ID
}

// note puts on the record about whom an answer is, a leaf a library.
func (s *Server) note(x *exchange, list []noted) {
	var order []string
	byLibrary := map[string][]noted{}
	for _, n := range list {
		if byLibrary[n.library] == nil {
			order = append(order, n.library)
		}
		byLibrary[n.library] = append(byLibrary[n.library], n)
	}
	for i, library := range order {
		leaf := x.leaf
		leaf.Library, leaf.Count, leaf.Columns, leaf.Subjects = library, 0, nil, nil
		subjects, columns := map[string]bool{}, map[string]bool{}
		for _, n := range byLibrary[library] {
			if name := s.subject(n.entity); !subjects[name] {
				subjects[name] = true
				leaf.Subjects = append(leaf.Subjects, name)
			}
			if n.element != "" && !columns[n.element] {
				columns[n.element] = true
				leaf.Columns = append(leaf.Columns, n.element)
			}
			leaf.Count++
		}
		if i == len(order)-1 {
			x.leaf = leaf
			return
		}
		x.further = append(x.further, leaf)
	}
}
