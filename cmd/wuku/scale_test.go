package main

import (
	"bytes"
	"cmp"
	"context"
	"encoding/hex"
	"encoding/json/v2"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/segmentio/kafka-go"

	"wuku/catalog"
	"wuku/demo"
	"wuku/engine"
	"wuku/engine/enginetest"
	"wuku/entity"
	"wuku/ingest"
	"wuku/serve/access"
	"wuku/sql"
	"wuku/store"
	"wuku/trust"
)

// Each kind of member is down for scaleDown, and the next dies scalePause after it came back.
const (
	scaleDown  = 3 * time.Second
	scalePause = 7 * time.Second
	scaleCalls = 20 // calls a second
)

// TestScale runs the program as a province would: three nodes of Apache Kafka, two ClickHouse shards, two each of ingest, resolve and serve. For
// as long as WUKU_SCALE says (30m), departments publish, services look people up, and one member after the other is killed and comes
// back. Then every message has its outcome, and values, findings, quarantine, events and Merkle roots are those of one undisturbed `wuku up`;
// the API has refused calls by 503 and 429 only. How fast it answered is printed. `make soak PART=scale`.
func TestScale(t *testing.T) {
	text := os.Getenv("WUKU_SCALE")
	if text == "" {
		t.Skip("WUKU_SCALE says how long, 30m for example")
	}
	lasts, err := time.ParseDuration(text)
	if err != nil {
		t.Fatal(err)
	}
	messages := interleaved(t, 300+int(lasts.Minutes())*100)
	want, roots := wholeRun(t, messages)
	s := newScale(t)
	s.publish(t, messages[:len(messages)/2])
	s.until("the first load is resolved")
	s.keys()
	s.numbers(want)

	ctx, stop := context.WithTimeout(t.Context(), lasts)
	defer stop()
	var group sync.WaitGroup
	group.Go(func() { s.feed(t, messages[len(messages)/2:], lasts) })
	for i := range s.serving {
		group.Go(func() { s.call(ctx, i) })
	}
	s.killInTurn(ctx)
	group.Wait()
	s.until("all is resolved")
	s.compare(want, roots)
}

// interleaved are the messages of a demo's feeds as they would come in the course of time: of each topic in its order, all topics at once.
func interleaved(t *testing.T, people int) []kafka.Message {
	t.Helper()
	province, err := demo.New(demo.Config{People: people, Seed: 9})
	if err != nil {
		t.Fatal(err)
	}
	c, err := catalog.Load(catalog.Province())
	if err != nil {
		t.Fatal(err)
	}
	type placed struct {
		at float64
		m  kafka.Message
	}
	var all []placed
	for _, feed := range province.Feeds() {
		if f := c.Feed(feed); f.Snapshot != nil || f.IsAvro() {
			continue // see story
		}
		first := len(all)
		province.Messages("src."+feed, func(m demo.Message) bool {
			all = append(all, placed{m: messageOf(m)})
			return true
		})
		for i := first; i < len(all); i++ {
			all[i].at = float64(i-first) / float64(len(all)-first)
		}
	}
	slices.SortStableFunc(all, func(a, b placed) int { return cmp.Compare(a.at, b.at) })
	messages := make([]kafka.Message, len(all))
	for i := range all {
		messages[i] = all[i].m
	}
	return messages
}

// wholeRun is what one undisturbed instance makes of the messages.
func wholeRun(t *testing.T, messages []kafka.Message) (image, *outcome) {
	t.Helper()
	h := newHistory(t, 0)
	h.calm = true
	none := []string(nil)
	h.world.publish(t, messages)
	h.next(&none)
	h.settle(&none)
	im, err := h.world.image(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	h.stop()
	h.roots()
	return im, &h.got
}

// member is one process or node that is killed and comes back.
type member struct {
	name  string
	kill  func()
	again func()
}

// scale is the whole deployment.
type scale struct {
	*apart
	kafka    *enginetest.KafkaServer
	shards   []*engine.Supervisor
	serving  []string // addresses
	members  []member
	service  string // key
	people   []string
	follower *follower

	mu     sync.Mutex
	states map[int]int // answers by status
	silent int         // calls without an answer: their server had just been killed
	wrong  []string
	took   []time.Duration
	deaths map[string]int
}

func newScale(t *testing.T) *scale {
	t.Helper()
	k := enginetest.KafkaCluster(t, 3, "log.retention.ms=-1")
	s := &scale{kafka: k, shards: enginetest.Cluster(t, 2), follower: newFollower(), states: map[int]int{}, deaths: map[string]int{}}
	o := store.Options{User: s.shards[0].User(), Password: s.shards[0].Password(), Dialect: sql.Dialect{Cluster: "wuku"}, Connections: 1}
	for _, e := range s.shards {
		o.Address = append(o.Address, e.Native())
	}
	w := embedded(k.Address, "")
	w.options = func() (store.Options, error) { return o, nil }
	w.makeTopics(t)
	s.apart = &apart{world: w, t: t, args: []string{"--kafka", k.Address, "--key-file", keyFile(t),
		"--clickhouse", fmt.Sprintf("clickhouse://%s:%s@%s?cluster=wuku", o.User, o.Password, strings.Join(o.Address, ","))}}
	for i := range 3 {
		s.members = append(s.members, member{fmt.Sprintf("kafka %d", i+1), func() { k.Kill(i + 1) }, k.Restart})
	}
	for i, e := range s.shards {
		s.members = append(s.members, member{fmt.Sprintf("shard %d", i+1), func() { _ = syscall.Kill(e.Engine().PID(), syscall.SIGKILL) }, func() {}})
	}
	for i := range 2 {
		s.process(fmt.Sprintf("ingest %d", i+1), "ingest")
		s.process(fmt.Sprintf("resolve %d", i+1), "resolve")
		s.serving = append(s.serving, freePort(t))
		s.process(fmt.Sprintf("serve %d", i+1), "serve", "--http", s.serving[i])
	}
	for _, address := range s.serving {
		until(t, "serve answers", func() error { return answers(t, "http://"+address+"/healthz") })
	}
	return s
}

// process starts a process that is killed in its turn, with a data directory that it keeps.
func (s *scale) process(name string, args ...string) {
	args = append(append(args, s.args...), "--data", filepath.Join(s.t.TempDir(), "data"))
	p := start(s.t, nil, args...)
	s.members = append(s.members, member{name,
		func() {
			if over, err := p.ended(); over { // whoever runs them starts them again; a broker away at the start is weather
				s.t.Logf("%s had ended by itself: %v: %s", name, err, p.said())
			}
			p.kill()
		},
		func() { p = start(s.t, nil, args...) }})
}

// killInTurn kills one member after the other until ctx ends. At its end all are there.
func (s *scale) killInTurn(ctx context.Context) {
	order := slices.Clone(s.members) // one of each kind before the second of any
	slices.SortStableFunc(order, func(a, b member) int {
		return strings.Compare(a.name[strings.IndexByte(a.name, ' '):], b.name[strings.IndexByte(b.name, ' '):])
	})
	for i := 0; ctx.Err() == nil; i++ {
		m := order[i%len(order)]
		m.kill()
		s.deaths[m.name]++
		time.Sleep(scaleDown)
		m.again()
		select {
		case <-ctx.Done():
		case <-time.After(scalePause):
		}
	}
}

// until waits until everything is resolved; a process that has ended by itself meanwhile is started again.
func (s *scale) until(what string) {
	s.t.Helper()
	deadline := time.Now().Add(3 * patience)
	for {
		err := s.settled(s.t.Context())
		if err == nil {
			return
		}
		if time.Now().After(deadline) {
			s.t.Fatalf("%s: not within %s: %v", what, 3*patience, err)
		}
		time.Sleep(time.Second)
	}
}

// feed publishes messages evenly in time.
func (s *scale) feed(t *testing.T, messages []kafka.Message, lasts time.Duration) {
	began := time.Now()
	for sent := 0; sent < len(messages); time.Sleep(500 * time.Millisecond) {
		due := min(len(messages), int(float64(len(messages))*float64(time.Since(began))/float64(lasts))+1)
		for sent < due {
			p := ingest.NewPublisher(s.world.kafka, kafka.Compression(0))
			ctx, cancel := context.WithTimeout(t.Context(), patience)
			err := errors.Join(p.Publish(ctx, messages[sent:due]...), p.Close())
			cancel()
			if err == nil {
				sent = due
			} else if t.Context().Err() != nil {
				return
			}
		}
	}
}

// keys makes the demo's keys and grants.
func (s *scale) keys() {
	s.t.Helper()
	key, err := hex.DecodeString(testKey)
	if err != nil {
		s.t.Fatal(err)
	}
	err = s.ask(s.t.Context(), func(st *store.Store, c *catalog.Catalog) error {
		b, err := access.OpenBook(s.t.Context(), access.OnTables(st), trust.NewPepper(key, trust.International), nil)
		if err != nil {
			return err
		}
		b.Governed(func() *catalog.Catalog { return c })
		keys, err := access.SeedDemo(s.t.Context(), b, c, demoDepartment)
		s.service = keys[trust.RoleService]
		return err
	})
	if err != nil {
		s.t.Fatal(err)
	}
}

// numbers are those of people who are there now and at the end.
func (s *scale) numbers(want image) {
	s.t.Helper()
	o, err := s.options()
	if err != nil {
		s.t.Fatal(err)
	}
	err = rowsOf(s.t.Context(), o, "SELECT entity, citizen_number FROM base.person WHERE citizen_number != ''", func(row map[string]string) {
		if w := want.entities[entity.Person][row["entity"]]; w != nil && w["citizen_number"] == row["citizen_number"] {
			s.people = append(s.people, row["citizen_number"])
		}
	})
	if err != nil || len(s.people) < 100 {
		s.t.Fatalf("%d people to ask for, %v", len(s.people), err)
	}
}

// call looks people up, one after the other, at a server that may be away.
func (s *scale) call(ctx context.Context, server int) {
	client := &http.Client{Timeout: 30 * time.Second}
	tick := time.NewTicker(time.Second * time.Duration(len(s.serving)) / scaleCalls)
	defer tick.Stop()
	for i := server; ; i += len(s.serving) {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		body, err := json.Marshal(map[string]any{"by": map[string]string{"scheme": entity.SchemeCitizen, "value": s.people[i%len(s.people)]},
			"fields": []string{"name", "birth_date"}, "purpose": "identity-check", "case": fmt.Sprintf("SCALE-%d", i)})
		if err != nil {
			panic(err)
		}
		began := time.Now()
		status, answer, err := post(client, "http://"+s.serving[server]+"/api/v1/lookup/"+entity.Person, s.service, body)
		s.note(status, answer, err, time.Since(began))
	}
}

func post(client *http.Client, url, key string, body []byte) (status int, answer []byte, err error) {
	q, err := http.NewRequest(http.MethodPost, url, bytes.NewReader(body))
	if err != nil {
		return 0, nil, err
	}
	q.Header.Set("Authorization", "Bearer "+key)
	q.Header.Set("Content-Type", "application/json")
	r, err := client.Do(q)
	if err != nil {
		return 0, nil, err
	}
	defer r.Body.Close()
	answer, err = io.ReadAll(r.Body)
	return r.StatusCode, answer, err
}

func (s *scale) note(status int, answer []byte, err error, took time.Duration) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if err != nil {
		s.silent++
		return
	}
	s.states[status]++
	switch status {
	case http.StatusOK:
		s.took = append(s.took, took)
	case http.StatusServiceUnavailable, http.StatusTooManyRequests:
	default:
		if len(s.wrong) < 10 {
			s.wrong = append(s.wrong, fmt.Sprintf("%d %s", status, answer))
		}
	}
}

// compare holds the deployment against the undisturbed run.
func (s *scale) compare(want image, roots *outcome) {
	s.t.Helper()
	slices.Sort(s.took)
	at := func(share float64) time.Duration {
		return s.took[min(len(s.took)-1, int(share*float64(len(s.took))))].Round(time.Millisecond)
	}
	s.t.Logf("killed %v; answers by status %v, none from servers just killed %d", s.deaths, s.states, s.silent)
	if len(s.took) == 0 {
		s.t.Fatal("no call was answered")
	}
	s.t.Logf("answered calls: p50 %s, p90 %s, p99 %s, most %s", at(0.5), at(0.9), at(0.99), at(1))
	for _, w := range s.wrong {
		s.t.Errorf("the API answered %s", w)
	}
	want.incidents = nil
	s.look("at the end", s.follower, want)
	s.verify(roots)
}
