package main

import (
	"encoding/json/v2"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"wuku/engine"
)

// Where the process can be told to die: between each two steps of a first load, of a cycle, and of a write of ingest.
var (
	stepsFirst = []string{"cycle/gone", "cycle/stay", "cycle/owned", "cycle/members", "cycle/resolve", "cycle/resolve#2", "cycle/tombstones",
		"cycle/states", "cycle/events", "cycle/marker", "cycle/clear"}
	stepsCycle = []string{"cycle/gone", "cycle/gone#2", "cycle/stay", "cycle/owned", "cycle/members", "cycle/resolve", "cycle/tombstones", "cycle/tombstones#2", "cycle/changes",
		"cycle/changes#2", "cycle/publish", "cycle/publish#2", "cycle/states", "cycle/events", "cycle/events#2", "cycle/marker", "cycle/marker#2", "cycle/clear"}
	stepsWrite = []string{"store/record", "store/record#2", "store/record#3", "store/claims", "store/claims#2", "store/claims#3", "store/ledger", "store/ledger#2", "store/ledger#3"}
)

// Deaths that are no named step.
const (
	deathRandom = "random" // SIGKILL at any time
	deathEngine = "engine" // SIGKILL of the ClickHouse engine alone; the program must bring it back
)

// crashes is how many deaths the test must see: WUKU_CRASHES, or as many as fit into every run of the tests.
func crashes(t *testing.T) int {
	t.Helper()
	text := os.Getenv("WUKU_CRASHES")
	if text == "" {
		return 25
	}
	n, err := strconv.Atoi(text)
	if err != nil {
		t.Fatalf("WUKU_CRASHES=%s: want a number", text)
	}
	return n
}

// firstSeed is the seed of the first history; WUKU_SEED continues a series.
func firstSeed(t *testing.T) uint64 {
	t.Helper()
	text := os.Getenv("WUKU_SEED")
	if text == "" {
		return 1
	}
	n, err := strconv.ParseUint(text, 10, 64)
	if err != nil {
		t.Fatalf("WUKU_SEED=%s: want a number", text)
	}
	return n
}

// TestConvergence tells one history again and again, to programs that die, stand still, lose their broker or their peers, and
// compares the end of each of its parts with that of an undisturbed run. First it proves that it would find a loss.
func TestConvergence(t *testing.T) {
	t.Parallel()
	want := outcome{roots: map[string]string{}}
	if !t.Run("undisturbed", func(t *testing.T) { want = undisturbed(t) }) {
		return
	}
	t.Run("teeth", func(t *testing.T) { prove(t, &want) })
	t.Run("crashes", func(t *testing.T) { crash(t, &want) })
	t.Run("retry", func(t *testing.T) { retry(t, &want) })
	t.Run("stale owner", func(t *testing.T) { staleOwners(t, &want) })
	t.Run("apache kafka", func(t *testing.T) { apacheKafka(t, &want) })
}

// crash lets the program die at its named steps (WUKU_CRASH) and at any time, until it has died as often as was asked for.
func crash(t *testing.T, want *outcome) {
	seen := map[string]int{}
	total := 0
	for seed := firstSeed(t); total < crashes(t); seed++ {
		if !t.Run(fmt.Sprintf("seed=%d", seed), func(t *testing.T) {
			h := newHistory(t, seed)
			h.want = want
			h.tell()
			h.seen[deathEngine] += int(h.engines.Load())
			for death, n := range h.seen {
				seen[death] += n
				total += n
			}
			t.Logf("history of WUKU_SEED=%d: deaths %v", seed, h.seen)
		}) {
			break
		}
	}
	var unseen []string
	for _, step := range slices.Concat(stepsFirst, stepsCycle, stepsWrite) {
		if seen[step] == 0 && !slices.Contains(unseen, step) {
			unseen = append(unseen, step)
		}
	}
	t.Logf("%d deaths: %v; none yet at %v", total, seen, unseen)
}

// outcome is what an undisturbed run has at the end of each part, and its Merkle roots at last.
type outcome struct {
	images [parts]image
	roots  map[string]string
}

func undisturbed(t *testing.T) outcome {
	t.Helper()
	h := newHistory(t, 0)
	h.calm = true
	h.tell()
	return h.got
}

// history is one run of the story against one instance.
type history struct {
	t     *testing.T
	rng   *rand.Rand
	dir   string
	world *world
	args  []string
	kind  string // which program: "wuku" or a faulty one
	calm  bool
	child *process
	armed string // what the child is to die of
	seen  map[string]int
	timer *time.Timer   // kills the child when it is armed with deathRandom
	spare chan struct{} // closed, it spares the engine
	// engines is how often the engine alone was killed.
	engines atomic.Int64
	got     outcome
	want    *outcome
	fault   []string                // problems found, where they are wanted
	plan    func(part int) []string // deaths, when they are not drawn
	keep    bool                    // keep problems in fault instead of failing

	follower *follower
}

func newHistory(t *testing.T, seed uint64) *history {
	t.Helper()
	broker, err := engine.StartBroker(engine.BrokerConfig{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { broker.Close() })
	dir := filepath.Join(t.TempDir(), "data")
	h := &history{t: t, rng: rand.New(rand.NewPCG(seed, 0x5eed)), dir: dir, world: embedded(broker.Address(), dir), kind: "wuku", seen: map[string]int{}, follower: newFollower()}
	h.args = []string{"up", "--data", dir, "--kafka", broker.Address(), "--http", "127.0.0.1:0", "--key-file", keyFile(t)}
	h.world.makeTopics(t)
	return h
}

// tell publishes part after part and waits for each to be resolved, whatever happens on the way.
func (h *history) tell() {
	h.t.Helper()
	began := time.Now()
	for i, messages := range story(h.t) {
		deaths := h.deaths(i)
		half := len(messages) / 2
		h.world.publish(h.t, messages[:half])
		h.next(&deaths)
		h.world.publish(h.t, messages[half:])
		h.settle(&deaths)
		h.look(i)
		if len(h.fault) > 0 {
			return
		}
		h.t.Logf("%s: part %d told and checked, %d messages", time.Since(began).Round(time.Second), i, len(messages))
	}
	h.stop()
	h.roots()
}

// deaths draws what the program dies of in one part.
func (h *history) deaths(part int) []string {
	if h.calm {
		return nil
	}
	if h.plan != nil {
		return h.plan(part)
	}
	steps, n := stepsCycle, 3
	if part == 0 {
		steps, n = stepsFirst, 4
	}
	var list []string
	for _, i := range h.rng.Perm(len(steps))[:n] {
		list = append(list, steps[i])
	}
	list = append(list, stepsWrite[h.rng.IntN(len(stepsWrite))])
	if h.rng.IntN(2) == 0 {
		list = append(list, deathRandom)
	}
	if h.rng.IntN(2) == 0 {
		list = append(list, deathEngine)
	}
	h.rng.Shuffle(len(list), func(i, j int) { list[i], list[j] = list[j], list[i] })
	return list
}

// next makes sure that a program runs, armed with the next death when the last one is over.
func (h *history) next(deaths *[]string) {
	h.t.Helper()
	if h.child != nil {
		if over, _ := h.child.ended(); !over {
			if h.calm || h.armed == "" && len(*deaths) == 0 {
				return
			}
			h.die(deathRandom) // what it was armed with did not come: a death between two parts
		}
	}
	h.world.evict(h.t)
	h.armed = ""
	if len(*deaths) > 0 {
		h.armed, *deaths = (*deaths)[0], (*deaths)[1:]
	}
	env := []string{envMain + "=" + h.kind}
	if h.armed != "" && h.armed != deathRandom && h.armed != deathEngine {
		env = append(env, "WUKU_CRASH="+h.armed)
	}
	h.child = start(h.t, env, h.args...)
	after := time.Duration(h.rng.Int64N(int64(6 * time.Second)))
	switch h.armed {
	case deathRandom:
		child := h.child
		h.timer = time.AfterFunc(after, func() { child.signal(syscall.SIGKILL) })
	case deathEngine:
		h.spare = make(chan struct{})
		go h.killEngine(h.child, after/2, h.spare)
	}
}

// running reports whether a child has come so far that it writes where it can be reached.
func (h *history) running(child *process) bool {
	r, err := (&instance{flags: flags{data: h.dir}}).readRunning()
	return err == nil && r.PID == child.cmd.Process.Pid
}

// stop ends the program cleanly once it runs.
func (h *history) stop() {
	h.t.Helper()
	until(h.t, "the program runs", func() error {
		if err := h.child.alive(); err != nil {
			h.t.Fatal(err)
		}
		if !h.running(h.child) {
			return errors.New("it is starting")
		}
		return nil
	})
	h.child.stop(h.t)
}

// killEngine kills the ClickHouse engine of a running `wuku up`, some time after that has started.
func (h *history) killEngine(child *process, after time.Duration, spare <-chan struct{}) {
	for !h.running(child) {
		if over, _ := child.ended(); over {
			return
		}
		pause(child, 20*time.Millisecond)
	}
	select {
	case <-spare:
		return
	case <-child.done:
		return
	case <-time.After(after):
	}
	for _, pid := range children(child.cmd.Process.Pid) {
		if syscall.Kill(pid, syscall.SIGKILL) == nil {
			h.engines.Add(1)
		}
	}
}

// die kills the program from outside.
func (h *history) die(of string) {
	h.child.kill()
	h.seen[of]++
}

// settle waits until the part is resolved, and starts the program again whenever it has died.
func (h *history) settle(deaths *[]string) {
	h.t.Helper()
	var last error
	for deadline := time.Now().Add(patience); ; {
		over, err := h.child.ended()
		switch {
		case over && h.child.killed():
			if h.armed != deathEngine && h.armed != "" {
				h.seen[h.armed]++
			}
			h.disarm()
			h.next(deaths)
			deadline = time.Now().Add(patience)
		case over:
			h.t.Fatalf("wuku ended by itself, armed with %q: %v: %s", h.armed, err, h.child.said())
		}
		if last = h.world.settled(h.t.Context()); last == nil {
			if h.disarm() {
				return // what it was armed with did not come any more
			}
			<-h.child.done
			continue
		}
		if time.Now().After(deadline) {
			h.t.Fatalf("seed %v: not settled within %s, armed with %q: %v: %s", h.t.Name(), patience, h.armed, last, h.child.said())
		}
		pause(h.child, 100*time.Millisecond)
	}
}

// disarm takes back a death from outside that has not come yet, and reports whether it is certain not to come.
func (h *history) disarm() bool {
	if h.spare != nil {
		close(h.spare)
		h.spare = nil
	}
	if h.timer == nil {
		return true
	}
	was := h.timer.Stop()
	h.timer = nil
	return was
}

// pause lets a little time pass between two looks, less when the process ends.
func pause(p *process, d time.Duration) {
	select {
	case <-p.done:
	case <-time.After(d):
	}
}

// look compares the end of a part with that of the undisturbed run, and with what the events told.
func (h *history) look(part int) {
	h.t.Helper()
	var im image
	var problems []string
	until(h.t, "an image of the instance", func() (err error) { // its engine may be on its way back
		if im, err = h.world.image(h.t.Context()); err != nil {
			return err
		}
		problems, err = h.follower.follow(h.t.Context(), h.world, im)
		return err
	})
	h.got.images[part] = im
	if h.want != nil {
		problems = append(problems, compare(im, h.want.images[part])...)
	}
	h.report(fmt.Sprintf("after part %d", part), problems)
}

func (h *history) report(when string, problems []string) {
	h.t.Helper()
	switch {
	case len(problems) == 0:
	case h.keep:
		h.fault = append(h.fault, problems...)
	default:
		h.t.Errorf("%s: %d problems after deaths %v:\n%s", when, len(problems), h.seen, brief(problems))
	}
}

// roots asks the stopped instance for its proof.
func (h *history) roots() {
	h.t.Helper()
	h.got.roots = map[string]string{}
	want := h.want
	if want == nil {
		want = &h.got // an undisturbed run is its own measure
	}
	h.report("verify", proof(h.t, want, "--data", h.dir, "--kafka", h.world.kafka.Brokers[0], "--key-file", h.args[len(h.args)-1]))
}

// proof runs `wuku verify`: its problems, and where the roots are not the wanted ones. Roots that are not known yet are noted.
func proof(t *testing.T, want *outcome, args ...string) []string {
	t.Helper()
	out, err := run(t, append([]string{"verify", "--json"}, args...)...)
	var v verification
	if decode := json.Unmarshal([]byte(out), &v); decode != nil {
		t.Fatalf("verify: %v, %v: %s", err, decode, out)
	}
	problems := slices.Clone(v.Problems)
	if err != nil && len(problems) == 0 {
		t.Fatal(err)
	}
	for _, l := range v.Libraries {
		switch root, known := want.roots[l.Library]; {
		case !known:
			want.roots[l.Library] = l.Root
		case root != l.Root:
			problems = append(problems, fmt.Sprintf("%s: root %s, undisturbed %s", l.Library, l.Root, root))
		}
		if l.Entities == 0 {
			problems = append(problems, l.Library+": no entities: the story is too small to prove anything")
		}
	}
	return problems
}
